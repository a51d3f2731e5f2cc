package io.tharsis.server.iscsi;

import java.util.ArrayDeque;

/**
 * Bytes that the transfers of one target may hold at a time, over all its connections. Confined to
 * the target's loop. A connection without any transfer may always begin one, so that everybody gets
 * on; the limit can be exceeded by one transfer per connection.
 */
final class MemoryBudget {

  private final long limitBytes;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private long usedBytes;

  MemoryBudget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** Whether so many more bytes fit. */
  boolean fits(long bytes) {
    return usedBytes + bytes <= limitBytes;
  }

  long usedBytes() {
    return usedBytes;
  }

  /** Counts bytes as used, or with a negative number as free; wakes those who wait for that. */
  void change(long bytes) {
    usedBytes += bytes;
    if (bytes < 0) {
      for (int turns = waiting.size(); turns > 0; turns--) {
        waiting.poll().run();
      }
    }
  }

  /** Runs {@code message} once, the next time bytes become free; it may wait again. */
  void await(Runnable message) {
    waiting.add(message);
  }
}
