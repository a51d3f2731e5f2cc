package io.tharsis.server.node;

import io.tharsis.replication.control.DataSize;
import io.tharsis.server.metrics.NodeMetrics;
import java.time.Duration;
import java.util.Locale;

/**
 * What a demonstration shows while it runs.
 *
 * @param commandsPerSecond READs and WRITEs
 * @param bytesPerSecond of them
 * @param space what the log takes
 */
record LiveLine(double commandsPerSecond, double bytesPerSecond, Space space) {

  private static final double MEGABYTE = 1_000_000;

  /**
   * What the log takes.
   *
   * @param logBytes space of the logfiles
   * @param limitBytes what they may take
   * @param unappliedBytes log that is not on the disk yet
   */
  record Space(long logBytes, long limitBytes, long unappliedBytes) {}

  /** What happened between two looks. */
  static LiveLine between(
      NodeMetrics.Moved before, NodeMetrics.Moved now, Duration elapsed, Space space) {
    double seconds = Math.max(1, elapsed.toMillis()) / 1000.0;
    return new LiveLine(
        (now.commands() - before.commands()) / seconds,
        (now.bytes() - before.bytes()) / seconds,
        space);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,7.0f IOPS  %7.1f MB/s  log %s of %s  un-applied %s",
        commandsPerSecond,
        bytesPerSecond / MEGABYTE,
        DataSize.format(space.logBytes),
        DataSize.format(space.limitBytes),
        DataSize.format(space.unappliedBytes));
  }
}
