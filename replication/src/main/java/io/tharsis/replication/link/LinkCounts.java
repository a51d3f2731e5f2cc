package io.tharsis.replication.link;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How often what happened since the node was started.
 *
 * @param events every {@link LinkEvent} and its number
 */
public record LinkCounts(Map<LinkEvent, Long> events) {

  /** All events, those that did not happen included. */
  public LinkCounts {
    Map<LinkEvent, Long> all = new EnumMap<>(LinkEvent.class);
    for (LinkEvent event : LinkEvent.values()) {
      all.put(event, events.getOrDefault(event, 0L));
    }
    events = Collections.unmodifiableMap(all);
  }

  /** How often this happened. */
  public long of(LinkEvent event) {
    return events.get(event);
  }
}
