package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Entropy;
import java.time.Duration;

/**
 * How long to wait before another attempt: twice as long after each failure, up to a limit, and
 * each time somewhere between a half of that and all of it, so that many do not try at the same
 * moment.
 *
 * @param first after one failure
 * @param longest limit
 */
public record BackOff(Duration first, Duration longest) {

  /** More doublings than any limit needs, and none that could overflow. */
  private static final int MOST_DOUBLINGS = 20;

  /** The wait after so many failures in a row, from 1. */
  public Duration after(int failures, Entropy entropy) {
    int doublings = Math.min(failures - 1, MOST_DOUBLINGS);
    long pause = Math.min(longest.toNanos(), first.toNanos() << doublings);
    long jitter = Math.floorMod(entropy.nextLong(), pause / 2 + 1);
    return Duration.ofNanos(pause / 2 + jitter);
  }
}
