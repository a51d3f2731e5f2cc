package io.tharsis.server.metrics;

/**
 * The numbers of one resource at one moment.
 *
 * @param state the name of its state
 * @param watermarks where its log stands
 * @param unappliedBytes log that is not on the disk yet
 * @param logSpaceBytes space that its logfiles take
 * @param logLimitBytes space that they may take
 * @param totals what it has done since it was opened
 */
public record ResourceNumbers(
    String state,
    Watermarks watermarks,
    long unappliedBytes,
    long logSpaceBytes,
    long logLimitBytes,
    Totals totals) {

  /**
   * Positions in the log, each at most the next.
   *
   * @param checkpointLsn everything below is on the disk
   * @param durableLsn everything below is on stable storage
   * @param appendedLsn everything below has been given to the log
   */
  public record Watermarks(long checkpointLsn, long durableLsn, long appendedLsn) {}

  /**
   * Sums that only grow.
   *
   * @param appendedBytes written to the log
   * @param batches writes to the log, each made durable at once
   * @param appliedBytes of the log brought to the disk
   */
  public record Totals(long appendedBytes, long batches, long appliedBytes) {}

  /** Of a resource that has not been asked yet. */
  public static final ResourceNumbers UNKNOWN =
      new ResourceNumbers("unknown", new Watermarks(0, 0, 0), 0, 0, 0, new Totals(0, 0, 0));
}
