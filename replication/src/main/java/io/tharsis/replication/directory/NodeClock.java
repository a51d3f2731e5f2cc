package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.HybridClock;
import io.tharsis.logfiles.seam.Clock;
import java.time.Duration;

/**
 * A node's hybrid time. It is for people (ages, lag in seconds), never for order, so it may go
 * back: a wall clock that was far ahead and was put right takes the hybrid clock with it. Belongs
 * to the node's owner.
 */
public final class NodeClock {

  /** By how much another clock may be ahead of ours and still be believed. */
  public static final Duration MAX_AHEAD = Duration.ofMinutes(5);

  private final Clock clock;
  private long last;

  /** A clock that has not been asked yet. */
  public NodeClock(Clock clock) {
    this.clock = clock;
  }

  /** The time now; greater than the last one unless that was far ahead of the wall clock. */
  public long now() {
    last = HybridClock.next(clock.wallMillis(), isBelieved(last) ? last : 0);
    return last;
  }

  /**
   * Hears another node's time.
   *
   * @return whether it is believed; one that is too far ahead changes nothing
   */
  public boolean hear(long time) {
    boolean believed = isBelieved(time);
    if (believed && Long.compareUnsigned(time, last) > 0) {
      last = time;
    }
    return believed;
  }

  /** Whether a time is not too far ahead of the wall clock. */
  public boolean isBelieved(long time) {
    return aheadMillis(time) <= MAX_AHEAD.toMillis();
  }

  /** By how many milliseconds a time is ahead of the wall clock; negative if it has passed. */
  public long aheadMillis(long time) {
    return HybridClock.millis(time) - clock.wallMillis();
  }
}
