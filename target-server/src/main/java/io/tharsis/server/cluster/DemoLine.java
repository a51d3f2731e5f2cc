package io.tharsis.server.cluster;

import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.TimeSpan;
import io.tharsis.replication.control.view.Progress;
import io.tharsis.replication.control.view.ReplicaView;
import io.tharsis.server.metrics.NodeMetrics;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What a demonstration shows while it runs.
 *
 * @param commandsPerSecond READs and WRITEs at the primary
 * @param bytesPerSecond of them
 * @param secondary how the other replica is; empty if the primary does not know
 */
record DemoLine(double commandsPerSecond, double bytesPerSecond, Optional<ReplicaView> secondary) {

  private static final double MEGABYTE = 1_000_000;

  /** What happened between two looks. */
  static DemoLine between(
      NodeMetrics.Moved before,
      NodeMetrics.Moved now,
      Duration elapsed,
      Optional<ReplicaView> secondary) {
    double seconds = Math.max(1, elapsed.toMillis()) / 1000.0;
    return new DemoLine(
        (now.commands() - before.commands()) / seconds,
        (now.bytes() - before.bytes()) / seconds,
        secondary);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,7.0f IOPS  %7.1f MB/s  %s",
        commandsPerSecond,
        bytesPerSecond / MEGABYTE,
        secondary.map(DemoLine::words).orElse("no secondary is known yet"));
  }

  private static String words(ReplicaView replica) {
    String behind =
        replica.lag().bytes() == 0
            ? ""
            : ", behind by %s, %s"
                .formatted(
                    DataSize.format(replica.lag().bytes()), TimeSpan.format(replica.lag().time()));
    String left =
        replica.progress().stream()
            .filter(work -> work.kind() == Progress.Kind.SYNC)
            .map(work -> ", %s to sync".formatted(DataSize.format(work.restBytes())))
            .findFirst()
            .orElse("");
    return "secondary %s: %s%s%s".formatted(replica.host(), replica.disk(), left, behind);
  }
}
