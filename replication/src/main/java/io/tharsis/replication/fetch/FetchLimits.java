package io.tharsis.replication.fetch;

import io.tharsis.logfiles.seam.Invariant;
import java.time.Duration;

/**
 * What fetching may take.
 *
 * @param creditBytes plain bytes of log that may be on their way to a receiver and not durable
 *     there
 * @param runBytes plain bytes that a source reads at a time
 * @param silence after so long without a word, though it had credit, a source is given up
 * @param backOff the first wait after a failure; doubles up to {@code longestBackOff}
 * @param longestBackOff the longest wait
 */
public record FetchLimits(
    long creditBytes, int runBytes, Duration silence, Duration backOff, Duration longestBackOff) {

  /** What a node uses unless it is told otherwise. */
  public static final FetchLimits STANDARD =
      new FetchLimits(
          16L << 20,
          1 << 20,
          Duration.ofSeconds(12),
          Duration.ofMillis(100),
          Duration.ofSeconds(5));

  /** Limits that can be. */
  public FetchLimits {
    Invariant.check(0 < runBytes && runBytes <= creditBytes, "fetch limits", runBytes, creditBytes);
    Invariant.check(
        backOff.isPositive() && backOff.compareTo(longestBackOff) <= 0, "back-off", backOff);
  }
}
