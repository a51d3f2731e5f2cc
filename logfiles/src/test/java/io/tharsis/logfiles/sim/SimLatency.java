package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.seam.Invariant;
import java.time.Duration;

/**
 * How long operations take: evenly distributed.
 *
 * @param shortest of all
 * @param longest of all but those that a fault slows down
 */
public record SimLatency(Duration shortest, Duration longest) {

  /** About what a good drive does. */
  public static final SimLatency FAST =
      new SimLatency(Duration.ofNanos(5_000), Duration.ofNanos(100_000));

  private static final long SLOW_FACTOR = 1_000;
  private static final Duration STUCK = Duration.ofMinutes(1);

  public SimLatency {
    Invariant.check(
        !shortest.isNegative() && shortest.compareTo(longest) <= 0,
        "latency",
        shortest.toNanos(),
        longest.toNanos());
  }

  long drawNanos(SimRandom random, SimFaults faults) {
    long nanos = random.between(shortest.toNanos(), longest.toNanos());
    if (faults.strikes(Fault.SLOW)) {
      nanos *= SLOW_FACTOR;
    }
    return faults.strikes(Fault.STUCK) ? nanos + STUCK.toNanos() : nanos;
  }
}
