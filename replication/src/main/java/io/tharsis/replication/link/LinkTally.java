package io.tharsis.replication.link;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what happens to links. May be told and asked on every thread. */
final class LinkTally {

  private final Map<LinkEvent, AtomicLong> counts;

  LinkTally() {
    Map<LinkEvent, AtomicLong> all = new EnumMap<>(LinkEvent.class);
    for (LinkEvent event : LinkEvent.values()) {
      all.put(event, new AtomicLong());
    }
    counts = Collections.unmodifiableMap(all);
  }

  /** It happened once more. */
  void count(LinkEvent event) {
    counts.get(event).incrementAndGet();
  }

  /** The counts now. */
  LinkCounts counts() {
    Map<LinkEvent, Long> events = new EnumMap<>(LinkEvent.class);
    counts.forEach((event, count) -> events.put(event, count.get()));
    return new LinkCounts(events);
  }
}
