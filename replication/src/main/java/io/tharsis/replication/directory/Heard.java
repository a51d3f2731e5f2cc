package io.tharsis.replication.directory;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * When each node said the last thing that has reached us, on whatever way, by that node's own
 * hybrid clock: how old what we know of it is. Not kept over restarts. Belongs to the directory.
 */
final class Heard {

  private final NodeClock clock;
  private final TreeMap<UUID, Long> times = new TreeMap<>(Key.BY_DIGITS);

  Heard(NodeClock clock) {
    this.clock = clock;
  }

  void hear(UUID node, long time) {
    boolean room = times.containsKey(node) || times.size() < Exchange.MAX_HEARD;
    if (room && clock.isBelieved(time)) {
      times.merge(node, time, (a, b) -> Long.compareUnsigned(a, b) >= 0 ? a : b);
    }
  }

  Optional<Long> of(UUID node) {
    return Optional.ofNullable(times.get(node));
  }

  SortedMap<UUID, Long> all() {
    return times;
  }
}
