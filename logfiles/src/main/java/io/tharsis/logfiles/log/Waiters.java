package io.tharsis.logfiles.log;

import io.tharsis.logfiles.seam.Completion;
import java.io.IOException;
import java.util.PriorityQueue;

/** Those who wait for a watermark to reach an LSN, woken in order of LSN, then of arrival. */
final class Waiters {

  private record Waiter(long lsn, long arrival, Completion completion)
      implements Comparable<Waiter> {
    @Override
    public int compareTo(Waiter other) {
      int byLsn = Long.compare(lsn, other.lsn);
      return byLsn != 0 ? byLsn : Long.compare(arrival, other.arrival);
    }
  }

  private final PriorityQueue<Waiter> queue = new PriorityQueue<>();
  private long arrivals;

  void add(long lsn, Completion completion) {
    queue.add(new Waiter(lsn, arrivals++, completion));
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Whether somebody waits for {@code lsn} or less. */
  boolean anyUpTo(long lsn) {
    return !queue.isEmpty() && queue.peek().lsn() <= lsn;
  }

  /** Wakes everybody who waits for {@code lsn} or less. */
  void reached(long lsn) {
    while (anyUpTo(lsn)) {
      queue.remove().completion().succeeded();
    }
  }

  /** Tells everybody that it will not happen. */
  void failAll(IOException cause) {
    while (!queue.isEmpty()) {
      queue.remove().completion().failed(cause);
    }
  }
}
