package io.tharsis.replication.fetch;

import io.tharsis.logfiles.seam.Invariant;
import java.time.Duration;

/**
 * What fetching may take.
 *
 * @param creditBytes plain bytes of log that may be on their way to a receiver and not durable
 *     there
 * @param runBytes plain bytes that a source reads at a time
 * @param gather how log and acknowledgements are brought together while they come close after one
 *     another
 * @param silence after so long without a word, though it had credit, a source is given up
 * @param backOff the first wait after a failure; doubles up to {@code longestBackOff}
 * @param longestBackOff the longest wait
 */
public record FetchLimits(
    long creditBytes,
    int runBytes,
    Gather gather,
    Duration silence,
    Duration backOff,
    Duration longestBackOff) {

  /**
   * When what has become durable goes over the link: at once where nothing went for so long;
   * otherwise when that time is over, or so much has come.
   *
   * @param time between two runs, or two acknowledgements
   * @param bytes of log that do not wait for it
   */
  public record Gather(Duration time, int bytes) {

    /** What a node uses unless it is told otherwise. */
    public static final Gather STANDARD = new Gather(Duration.ofMillis(5), 256 << 10);

    /** Limits that can be. */
    public Gather {
      Invariant.check(!time.isNegative() && bytes > 0, "gather limits", time, bytes);
    }
  }

  /** What a node uses unless it is told otherwise. */
  public static final FetchLimits STANDARD =
      new FetchLimits(
          16L << 20,
          1 << 20,
          Gather.STANDARD,
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
