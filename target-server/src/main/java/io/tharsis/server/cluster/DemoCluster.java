package io.tharsis.server.cluster;

import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.NodeControl;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.WriteCacheMode;
import io.tharsis.replication.control.view.ReplicaView;
import io.tharsis.replication.control.view.ResourceView;
import io.tharsis.server.config.NodeFile;
import io.tharsis.server.config.NodeSettings;
import io.tharsis.server.metrics.NodeMetrics;
import io.tharsis.server.node.NodeGround;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Two nodes in this process that are a cluster, with one resource: made step by step at the first
 * start, found again at the next. Blocks; belongs to the rim.
 */
final class DemoCluster implements NodeGround.Closing {

  /** The resource. */
  static final String RESOURCE = "demo";

  /** Bytes of its disk. */
  static final long SIZE_BYTES = 1L << 30;

  private static final String LOOPBACK = "127.0.0.1";
  private static final int FIRST_ISCSI_PORT = 3260;
  private static final int FIRST_PEERS_PORT = 7777;
  private static final int PORTS_TO_TRY = 100;
  private static final int BACKLOG = 1;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofMillis(100);

  private final Path data;
  private final String program;
  private final NodeDaemon primary;
  private Optional<NodeDaemon> secondary = Optional.empty();

  private DemoCluster(Path data, String program, NodeDaemon primary) {
    this.data = data;
    this.program = program;
    this.primary = primary;
  }

  /**
   * Starts both nodes, and makes of the cluster what is not there yet.
   *
   * @param data holds the data directories {@code a} and {@code b}
   * @param announcer told, line by line and on any thread, what initiators can use
   */
  static DemoCluster start(Path data, String program, Consumer<String> announcer)
      throws IOException {
    NodeDaemon first =
        NodeDaemon.start(
            plan(data, "a", FIRST_PEERS_PORT, program),
            line -> {
              if (line.startsWith("ready iscsi:")) {
                announcer.accept(line);
              }
            });
    DemoCluster cluster = new DemoCluster(data, program, first);
    try {
      cluster.begin();
      return cluster;
    } catch (IOException | RuntimeException | Error failure) {
      cluster.close();
      throw failure;
    }
  }

  private void begin() throws IOException {
    secondary =
        Optional.of(
            NodeDaemon.start(
                plan(data, "b", FIRST_PEERS_PORT + PORTS_TO_TRY, program), line -> {}));
    NodeControl a = primary.control();
    NodeControl b = secondary.get().control();
    if (a.view().cluster().isEmpty()) {
      run(a, new Command.CreateCluster());
    }
    if (b.view().cluster().isEmpty()
        && run(a, new Command.CreateToken(Duration.ofMinutes(10)))
            instanceof Outcome.TokenMade made) {
      run(b, new Command.JoinCluster(made.peer(), made.token()));
    }
    if (resource(a).isEmpty()) {
      run(
          a,
          new Command.CreateResource(
              RESOURCE, disk("a"), OptionalLong.of(SIZE_BYTES), WriteCacheMode.DURABLE));
    }
    awaitResource(b);
    run(b, new Command.JoinResource(RESOURCE, disk("b")));
  }

  /** A node that has just joined hears of the resource soon. */
  private static void awaitResource(NodeControl node) throws IOException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (resource(node).isEmpty()) {
      if (System.nanoTime() > end) {
        throw Refusal.late(
                "deadline",
                "the second node of the demonstration has not heard of the resource",
                "tharsis demo once more, or with another --data directory")
            .thrown();
      }
      try {
        Thread.sleep(PATIENCE);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", interrupted);
      }
    }
  }

  private static Outcome run(NodeControl node, Command command) throws RefusedException {
    return node.execute(new Request(command, LIMIT, false));
  }

  private static Optional<ResourceView> resource(NodeControl node) throws RefusedException {
    return node.view().resources().stream().filter(one -> one.name().equals(RESOURCE)).findFirst();
  }

  private String disk(String node) {
    return data.resolve(node).resolve("disk").toString();
  }

  private static NodeDaemon.Plan plan(Path data, String name, int firstPort, String program)
      throws IOException {
    Path directory = Files.createDirectories(data.resolve(name));
    NodeSettings usual =
        switch (NodeFile.read(directory)) {
          case NodeFile.Reading.Understood understood -> understood.settings();
          case NodeFile.Reading.Refused refused -> throw new RefusedException(refused.problems());
        };
    HostPort peers = kept(directory.resolve("demo-peers"), firstPort);
    NodeSettings settings =
        new NodeSettings(
            Optional.of(name),
            new NodeSettings.Listen(
                freePort(FIRST_ISCSI_PORT), peers, new HostPort(LOOPBACK, 0), Optional.empty()),
            usual.iscsi(),
            new NodeSettings.Peers(
                List.of(peers),
                usual.peers().compression(),
                usual.peers().connections(),
                usual.peers().bandwidth(),
                usual.peers().dscp(),
                usual.peers().silence()),
            usual.log(),
            usual.io());
    return new NodeDaemon.Plan(directory, settings, program);
  }

  /**
   * The address of the last start, unless somebody else has it now: the other node looks there.
   * Each node has a range of its own, because nobody listens there before it is in the cluster.
   */
  private static HostPort kept(Path file, int first) throws IOException {
    Optional<HostPort> last =
        Files.exists(file)
            ? HostPort.parse(Files.readString(file).strip()).filter(at -> isFree(at.port()))
            : Optional.empty();
    HostPort now = last.orElseGet(() -> freePort(first));
    Files.writeString(file, now + "\n");
    return now;
  }

  /** The usual port, or the next one that nobody has; any, if there are many. */
  private static HostPort freePort(int first) {
    return new HostPort(
        LOOPBACK,
        IntStream.range(first, first + PORTS_TO_TRY)
            .filter(DemoCluster::isFree)
            .findFirst()
            .orElse(0));
  }

  private static boolean isFree(int port) {
    try (ServerSocket tried = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress())) {
      return tried.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  /** What has moved through the primary. */
  NodeMetrics.Moved moved() {
    return primary.moved();
  }

  /** How the secondary is, whichever that is now, as the first node knows it. */
  Optional<ReplicaView> secondary() throws RefusedException {
    return resource(primary.control()).stream()
        .flatMap(one -> one.replicas().stream())
        .filter(replica -> !replica.role().equals("Primary"))
        .findFirst();
  }

  /** Where initiators connect. */
  HostPort portal() {
    return primary.portal();
  }

  @Override
  public void close() throws IOException {
    try {
      if (secondary.isPresent()) {
        secondary.get().close();
      }
    } finally {
      primary.close();
    }
  }
}
