package io.tharsis.server.node;

import io.tharsis.logfiles.host.HostEntropy;
import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.logfiles.volume.ResourceStatus;
import io.tharsis.replication.control.HostPort;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
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

  /** How long a resource may take to say how it is doing. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);

  /** Is told what becomes of each resource, on any thread. */
  public interface Listener {
    /** Initiators can use the resource. */
    void ready(ResourceSpec resource, HostPort portal);

    /** A damaged end of its log was cut off, as the operator had accepted. */
    void lost(ResourceSpec resource, String what);

    /** The resource cannot be served. */
    void failed(ResourceSpec resource, IOException cause);
  }

  private final NodeConfig config;
  private final Listener listener;
  private final Entropy entropy = new HostEntropy();
  private final NodeGround ground;
  private final Map<String, NodeResource> resources = new ConcurrentSkipListMap<>();

  private Node(NodeConfig config, Listener listener, NodeGround ground) {
    this.config = config;
    this.listener = listener;
    this.ground = ground;
  }

  /**
   * Starts a node and waits until each resource is served or has failed. A resource that fails does
   * not keep the others from being served.
   *
   * @throws IOException if the node itself cannot run; nothing of it is left open then
   */
  public static Node start(NodeConfig config, Listener listener) throws IOException {
    int loops = Runtime.getRuntime().availableProcessors();
    NodeGround ground =
        NodeGround.open(new NodeGround.Plan(config.data(), config.methods(), loops));
    Node node = new Node(config, listener, ground);
    try {
      node.start();
      return node;
    } catch (IOException | RuntimeException | Error failure) {
      node.close();
      throw failure;
    }
  }

  private void start() throws IOException {
    ground.closes(this::closeResources);
    HostPort portal =
        ground.listen(new NodeGround.Place(config.listen(), other -> "--listen " + other));
    if (config.metrics().isPresent()) {
      ground.serveMetrics(
          new NodeGround.Place(config.metrics().get(), other -> "--metrics " + other));
    }
    NodeResource.Surroundings around =
        new NodeResource.Surroundings(
            config, NodeIdentity.of(config.data(), entropy.nextUuid()), ground.chooseAppend());
    try (ExecutorService openers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < config.resources().size(); i++) {
        ResourceSpec spec = config.resources().get(i);
        NodeLoop loop = ground.loops().of(i);
        openers.execute(() -> serve(spec, loop, around, portal));
      }
    }
  }

  private void serve(
      ResourceSpec spec, NodeLoop loop, NodeResource.Surroundings around, HostPort portal) {
    try {
      NodeResource resource = NodeResource.open(spec, loop, around);
      resource.acceptedLoss().ifPresent(what -> listener.lost(spec, what));
      resources.put(spec.name(), resource);
      resource.export(ground.exports(), config.resources().size());
      listener.ready(spec, portal);
    } catch (IOException cause) {
      listener.failed(spec, cause);
    }
  }

  /** How many resources are being served. */
  public int servedCount() {
    return resources.size();
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
    ground.close();
  }

  private void closeResources() throws IOException {
    NodeGround.closeAll(
        new ArrayDeque<>(
            resources.values().stream().<NodeGround.Closing>map(one -> one::close).toList()));
  }
}
