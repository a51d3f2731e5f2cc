package io.tharsis.server.node;

import io.tharsis.logfiles.volume.ResourceStatus;
import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.HostPort;
import io.tharsis.server.metrics.NodeMetrics;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Shows a person how to use the node, and what it is doing. */
public final class Demonstration implements NodeProcess.Company {

  private static final int SECONDS_BETWEEN_PLAIN_LINES = 5;

  /** What a stream is connected to. */
  public enum Screen {
    /** Somebody looks at it: one line that changes. */
    TERMINAL,
    /** A file or a pipe: lines, now and then. */
    PLAIN
  }

  private final PrintStream out;
  private final Screen screen;
  private final Path data;

  /**
   * @param data where the data is kept
   */
  public Demonstration(PrintStream out, Screen screen, Path data) {
    this.out = out;
    this.screen = screen;
    this.data = data;
  }

  @Override
  public void ready(ResourceSpec resource, HostPort portal) {
    out.printf(
        """

        A disk of %3$s, kept in %4$s

        Use it from Linux:
          sudo iscsiadm -m discovery -t sendtargets -p %2$s
          sudo iscsiadm -m node -T %1$s -p %2$s --login
          sudo iscsiadm -m node -T %1$s -p %2$s --logout
        or with QEMU:
          qemu-img info iscsi://%2$s/%1$s/0
          qemu-img convert -n -O raw IMAGE iscsi://%2$s/%1$s/0

        Ctrl-C stops it; the next start finds the data again.

        """,
        resource.targetName(), portal, DataSize.format(resource.sizeBytes().orElseThrow()), data);
    out.flush();
  }

  @Override
  public void accompany(Node node) throws InterruptedException {
    String resource = "demo";
    NodeMetrics.Moved before = node.moved();
    long lastNanos = System.nanoTime();
    for (long second = 1; ; second++) {
      TimeUnit.SECONDS.sleep(1);
      if (screen == Screen.PLAIN && second % SECONDS_BETWEEN_PLAIN_LINES != 0) {
        continue;
      }
      NodeMetrics.Moved now = node.moved();
      long nanos = System.nanoTime();
      Duration elapsed = Duration.ofNanos(nanos - lastNanos);
      LiveLine.Space space =
          node.status(resource).map(Demonstration::spaceOf).orElse(new LiveLine.Space(0, 0, 0));
      show(LiveLine.between(before, now, elapsed, space));
      before = now;
      lastNanos = nanos;
    }
  }

  private static LiveLine.Space spaceOf(ResourceStatus status) {
    return new LiveLine.Space(
        status.space().usedBytes(),
        status.space().limitBytes(),
        status.watermarks().unappliedBytes());
  }

  private void show(LiveLine line) {
    switch (screen) {
      // blanks over what a longer line may have left
      case TERMINAL -> out.printf("\r%-78s", line);
      case PLAIN -> out.println(line);
    }
    out.flush();
  }
}
