package io.tharsis.server.cluster;

import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.view.ReplicaView;
import io.tharsis.server.metrics.NodeMetrics;
import io.tharsis.server.node.NodeGround;
import io.tharsis.server.node.ServiceProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Shows a person a primary and a secondary: how to use them, and what they are doing. */
public final class Demonstration implements ServiceProcess.Service {

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
  private final String program;
  private Optional<DemoCluster> running = Optional.empty();

  /**
   * @param data where the data is kept
   * @param program version of the program, for people
   */
  public Demonstration(PrintStream out, Screen screen, Path data, String program) {
    this.out = out;
    this.screen = screen;
    this.data = data;
    this.program = program;
  }

  @Override
  public NodeGround.Closing start() throws IOException {
    DemoCluster cluster = DemoCluster.start(data, program, this::ready);
    running = Optional.of(cluster);
    return cluster;
  }

  /**
   * @param line {@code ready iscsi://PORTAL/TARGET/0}
   */
  private void ready(String line) {
    String[] parts = line.substring("ready iscsi://".length()).split("/", -1);
    out.printf(
        """
        %5$s

        A disk of %3$s on two nodes, the primary kept in %4$s/a and the secondary in %4$s/b

        Use it from Linux:
          sudo iscsiadm -m discovery -t sendtargets -p %2$s
          sudo iscsiadm -m node -T %1$s -p %2$s --login
          sudo iscsiadm -m node -T %1$s -p %2$s --logout
        or with QEMU:
          qemu-img info iscsi://%2$s/%1$s/0
          qemu-img convert -n -O raw IMAGE iscsi://%2$s/%1$s/0
        and look at both replicas, or compare them:
          ./tharsis view --data %4$s/a
          ./tharsis verify demo --data %4$s/a
        Move the role of primary to the other node and back, while the disk is in use:
          ./tharsis primary demo --data %4$s/b
          ./tharsis primary demo --data %4$s/a

        Ctrl-C stops it; the next start finds the data again.

        """,
        parts[1], parts[0], DataSize.format(DemoCluster.SIZE_BYTES), data, line);
    out.flush();
  }

  @Override
  public void serve() throws InterruptedException {
    DemoCluster cluster = running.orElseThrow();
    NodeMetrics.Moved before = cluster.moved();
    long lastNanos = System.nanoTime();
    for (long second = 1; ; second++) {
      TimeUnit.SECONDS.sleep(1);
      if (screen == Screen.PLAIN && second % SECONDS_BETWEEN_PLAIN_LINES != 0) {
        continue;
      }
      NodeMetrics.Moved now = cluster.moved();
      long nanos = System.nanoTime();
      show(DemoLine.between(before, now, Duration.ofNanos(nanos - lastNanos), secondary(cluster)));
      before = now;
      lastNanos = nanos;
    }
  }

  private static Optional<ReplicaView> secondary(DemoCluster cluster) {
    try {
      return cluster.secondary();
    } catch (RefusedException stopping) {
      return Optional.empty();
    }
  }

  private void show(DemoLine line) {
    switch (screen) {
      // blanks over what a longer line may have left
      case TERMINAL -> out.printf("\r%-78s", line);
      case PLAIN -> out.println(line);
    }
    out.flush();
  }
}
