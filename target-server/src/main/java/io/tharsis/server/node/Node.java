package io.tharsis.server.node;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.Future;
import io.tharsis.logfiles.host.HostEntropy;
import io.tharsis.logfiles.host.IoThreads;
import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.logfiles.volume.ResourceStatus;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.server.iscsi.IscsiLimits;
import io.tharsis.server.iscsi.IscsiPortal;
import io.tharsis.server.iscsi.IscsiTarget;
import io.tharsis.server.metrics.MetricsServer;
import io.tharsis.server.metrics.NodeMetrics;
import io.tharsis.server.ring.AppendMethod;
import io.tharsis.server.ring.AppendProbe;
import io.tharsis.server.scsi.TargetDevice;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A running node: event loops, one portal, and the resources that could be opened. Started, asked
 * and closed at the rim, by threads that may wait.
 */
public final class Node implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger("io.tharsis.server.node");

  /** How long commands that were begun may take to be answered when the node stops. */
  private static final Duration FINISH_LIMIT = Duration.ofSeconds(10);

  /** How long a resource may take to say how it is doing. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);

  private static final int PROBE_THREADS = 1;

  /** Is told what becomes of each resource, on any thread. */
  public interface Listener {
    /** Initiators can use the resource. */
    void ready(ResourceSpec resource, HostPort portal);

    /** A damaged end of its log was cut off, as the operator had accepted. */
    void lost(ResourceSpec resource, String what);

    /** The resource cannot be served. */
    void failed(ResourceSpec resource, IOException cause);
  }

  /** Something to close, which may fail because of the world. */
  @FunctionalInterface
  private interface Closing {
    void close() throws IOException;
  }

  private final NodeConfig config;
  private final Listener listener;
  private final Entropy entropy = new HostEntropy();
  private final NodeMetrics metrics = new NodeMetrics();
  private final NodeTargets targets = new NodeTargets();
  private final IscsiLimits limits = IscsiLimits.defaults();
  private final Map<String, NodeResource> resources = new ConcurrentSkipListMap<>();

  /** What closing the node closes, last opened first. */
  private final Deque<Closing> opened = new ArrayDeque<>();

  private Node(NodeConfig config, Listener listener) {
    this.config = config;
    this.listener = listener;
  }

  /**
   * Starts a node and waits until each resource is served or has failed. A resource that fails does
   * not keep the others from being served.
   *
   * @throws IOException if the node itself cannot run; nothing of it is left open then
   */
  public static Node start(NodeConfig config, Listener listener) throws IOException {
    Node node = new Node(config, listener);
    try {
      node.start();
      return node;
    } catch (IOException | RuntimeException | Error failure) {
      node.close();
      throw failure;
    }
  }

  private void start() throws IOException {
    Transport transport = config.methods().transport().orElseGet(Transport::best);
    NodeLoops loops =
        new NodeLoops(
            transport, config.methods().idlePoll(), Runtime.getRuntime().availableProcessors());
    opened.push(loops::close);
    Data data = openData(loops.of(0));
    opened.push(this::closeResources);
    HostPort portal = listen(loops, transport);
    if (config.metrics().isPresent()) {
      serveMetrics(config.metrics().get());
    }
    NodeResource.Surroundings around =
        new NodeResource.Surroundings(
            config,
            NodeIdentity.of(config.data(), entropy.nextUuid()),
            chooseAppend(data, transport),
            ByteBufAllocator.DEFAULT);
    try (ExecutorService openers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < config.resources().size(); i++) {
        ResourceSpec spec = config.resources().get(i);
        NodeLoop loop = loops.of(i);
        openers.execute(() -> serve(spec, loop, around, portal));
      }
    }
  }

  /** The data directory, locked, on one loop. */
  private record Data(NodeLoop loop, IoThreads threads, AppendStore store) {}

  private Data openData(NodeLoop loop) throws IOException {
    IoThreads threads = new IoThreads("node", PROBE_THREADS, PROBE_THREADS);
    opened.push(threads::close);
    AppendStore store =
        loop.await(() -> AppendStore.open(config.data(), loop, threads, AppendMethod.THREAD));
    opened.push(() -> loop.await(store.directory()::close));
    lock(store, loop);
    return new Data(loop, threads, store);
  }

  private void lock(AppendStore store, NodeLoop loop) throws IOException {
    try {
      loop.await(store.store()::lock);
    } catch (IOException taken) {
      throw new RefusedException(
          Refusal.host(
              "data-locked",
              "the data directory cannot be locked: " + WorldFailure.describe(taken),
              "stop the other node, or give this one another --data directory"));
    }
  }

  private AppendMethod chooseAppend(Data data, Transport transport) throws IOException {
    AppendProbe.Finding append = probe(data, transport);
    LOG.log(
        System.Logger.Level.INFO,
        "event loops on {0}; appending by {1}: {2} {3}",
        transport.word(),
        append.chosen().word(),
        append.reason(),
        append.measured());
    metrics.describe(transport.word(), append);
    return append.chosen();
  }

  private AppendProbe.Finding probe(Data data, Transport transport) throws IOException {
    if (config.methods().append().isPresent()) {
      return AppendProbe.Finding.given(config.methods().append().get(), "as told");
    }
    if (transport != Transport.IO_URING) {
      return AppendProbe.Finding.given(AppendMethod.THREAD, "there is no ring");
    }
    NodeLoop loop = data.loop;
    AppendStore ring =
        loop.await(() -> AppendStore.open(config.data(), loop, data.threads, AppendMethod.RING));
    try {
      return loop.await(() -> AppendProbe.run(ring.store(), data.store.store(), loop.clock()));
    } finally {
      loop.await(ring.directory()::close);
    }
  }

  private HostPort listen(NodeLoops loops, Transport transport) throws IOException {
    InetSocketAddress address = config.listen().resolve();
    if (address.isUnresolved()) {
      throw cannotListen("--listen", config.listen(), "the host name is not known");
    }
    IscsiPortal portal =
        new IscsiPortal(
            address,
            new IscsiPortal.Transport(loops.group(), transport.serverChannel()),
            new IscsiPortal.Settings(targets, limits, metrics.edge()));
    Future<InetSocketAddress> started = portal.start().awaitUninterruptibly();
    if (!started.isSuccess()) {
      throw cannotListen("--listen", config.listen(), started.cause().getMessage());
    }
    opened.push(() -> portal.close(FINISH_LIMIT).awaitUninterruptibly());
    return config.listen().withPort(started.getNow().getPort());
  }

  private void serveMetrics(HostPort where) throws IOException {
    InetSocketAddress address = where.resolve();
    if (address.isUnresolved()) {
      throw cannotListen("--metrics", where, "the host name is not known");
    }
    try {
      MetricsServer server = MetricsServer.start(address, metrics);
      opened.push(server::close);
      LOG.log(
          System.Logger.Level.INFO,
          "metrics at http://{0}/metrics",
          where.withPort(server.address().getPort()));
    } catch (IOException cause) {
      throw cannotListen("--metrics", where, WorldFailure.describe(cause));
    }
  }

  private static RefusedException cannotListen(String option, HostPort where, String reason) {
    String next =
        where.port() == 0
            ? option + " 127.0.0.1:0, or another address of this host: ip address"
            : option + " " + where.withPort(0) + " for a free port, or see who has it: ss -ltnp";
    return new RefusedException(
        Refusal.host("cannot-listen", "cannot listen on " + where + ": " + reason, next));
  }

  private void serve(
      ResourceSpec spec, NodeLoop loop, NodeResource.Surroundings around, HostPort portal) {
    try {
      NodeResource resource = NodeResource.open(spec, loop, around);
      resource.acceptedLoss().ifPresent(what -> listener.lost(spec, what));
      TargetDevice device =
          metrics.add(spec.name(), resource.newDevice(around.allocator()), resource::status);
      resources.put(spec.name(), resource);
      targets.add(new IscsiTarget(spec.targetName(), device, loop.loop(), targetLimits()));
      listener.ready(spec, portal);
    } catch (IOException cause) {
      listener.failed(spec, cause);
    }
  }

  private IscsiLimits targetLimits() {
    return limits.sharedBy(config.resources().size());
  }

  /** How many resources are being served. */
  public int servedCount() {
    return resources.size();
  }

  /** What has moved through all resources. */
  public NodeMetrics.Moved moved() {
    return metrics.moved();
  }

  /** How a resource is doing; empty if it is not served or does not answer. */
  public Optional<ResourceStatus> status(String resource) {
    return Optional.ofNullable(resources.get(resource)).flatMap(Node::answerOf);
  }

  private static Optional<ResourceStatus> answerOf(NodeResource resource) {
    return resource
        .status()
        .<Optional<ResourceStatus>>handle((status, failure) -> Optional.ofNullable(status))
        .completeOnTimeout(Optional.empty(), ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }

  /**
   * Stops accepting, finishes what is in flight, syncs, checkpoints and closes everything. Goes on
   * when a part fails, and says so at the end.
   *
   * @throws IOException the first failure
   */
  @Override
  public void close() throws IOException {
    closeAll(opened);
  }

  private void closeResources() throws IOException {
    closeAll(
        new ArrayDeque<>(resources.values().stream().<Closing>map(one -> one::close).toList()));
  }

  private static void closeAll(Deque<Closing> parts) throws IOException {
    Optional<IOException> failure = Optional.empty();
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (IOException cause) {
        failure = failure.or(() -> Optional.of(cause));
      }
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
  }
}
