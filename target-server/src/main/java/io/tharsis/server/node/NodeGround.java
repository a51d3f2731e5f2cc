package io.tharsis.server.node;

import io.netty.util.concurrent.Future;
import io.tharsis.logfiles.host.IoThreads;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.server.iscsi.IscsiLimits;
import io.tharsis.server.iscsi.IscsiPortal;
import io.tharsis.server.metrics.MetricsServer;
import io.tharsis.server.metrics.NodeMetrics;
import io.tharsis.server.ring.AppendMethod;
import io.tharsis.server.ring.AppendProbe;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What every node stands on, whatever it serves: event loops, the locked data directory, the portal
 * and the metrics. Opened, used and closed at the rim, by threads that may wait.
 */
public final class NodeGround implements AutoCloseable {

  /** How long commands that were begun may take to be answered when they are to end. */
  public static final Duration FINISH_LIMIT = Duration.ofSeconds(10);

  private static final System.Logger LOG = System.getLogger("io.tharsis.server.node");

  private static final int PROBE_THREADS = 1;

  /**
   * What it is made of.
   *
   * @param data the data directory
   * @param methods how it works
   * @param loops how many event loops there are
   */
  public record Plan(Path data, NodeConfig.Methods methods, int loops) {}

  /**
   * An address to listen at.
   *
   * @param address where to listen
   * @param saying what an operator writes to have another one, given that one
   */
  public record Place(HostPort address, UnaryOperator<String> saying) {}

  /** Something to close, which may fail because of the world. */
  @FunctionalInterface
  public interface Closing {
    /** Closes it. */
    void close() throws IOException;
  }

  /** The data directory, locked, on one loop. */
  private record Data(NodeLoop loop, IoThreads threads, AppendStore store) {}

  private final Plan plan;
  private final Transport transport;
  private final NodeLoops loops;
  private final NodeMetrics metrics = new NodeMetrics();
  private final NodeTargets targets = new NodeTargets();
  private final IscsiLimits limits = IscsiLimits.defaults();
  private final Exports exports = new Exports(metrics, targets, limits);

  /** What closing closes, last opened first. */
  private final Deque<Closing> opened = new ArrayDeque<>();

  private Optional<Data> data = Optional.empty();

  private NodeGround(Plan plan) {
    this.plan = plan;
    this.transport = plan.methods().transport().orElseGet(Transport::best);
    this.loops = new NodeLoops(transport, plan.methods().idlePoll(), plan.loops());
    opened.push(loops::close);
  }

  /**
   * Starts the loops and locks the data directory, which is made if need be.
   *
   * @throws IOException if the directory cannot be had; nothing is left open then
   */
  public static NodeGround open(Plan plan) throws IOException {
    NodeGround ground = new NodeGround(plan);
    try {
      ground.data = Optional.of(ground.openData());
      return ground;
    } catch (IOException | RuntimeException | Error failure) {
      ground.close();
      throw failure;
    }
  }

  private Data openData() throws IOException {
    NodeLoop loop = loops.of(0);
    IoThreads threads = new IoThreads("node", PROBE_THREADS, PROBE_THREADS);
    opened.push(threads::close);
    AppendStore store =
        loop.await(() -> AppendStore.open(plan.data(), loop, threads, AppendMethod.THREAD));
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

  /** The loops. */
  public NodeLoops loops() {
    return loops;
  }

  /** How the loops wait. */
  public Transport transport() {
    return transport;
  }

  /** Threads for what the node itself has in its data directory. */
  public IoThreads threads() {
    return data.orElseThrow().threads();
  }

  /** What is counted. */
  public NodeMetrics metrics() {
    return metrics;
  }

  /** What initiators can reach, through the portal. */
  public Exports exports() {
    return exports;
  }

  /** Closes this too, before all that is open by now. */
  public void closes(Closing part) {
    opened.push(part);
  }

  /** How logs become durable: as told, or what a probe finds best. Blocks for as long. */
  public AppendMethod chooseAppend() throws IOException {
    AppendProbe.Finding append = probe(data.orElseThrow());
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

  private AppendProbe.Finding probe(Data at) throws IOException {
    if (plan.methods().append().isPresent()) {
      return AppendProbe.Finding.given(plan.methods().append().get(), "as told");
    }
    if (transport != Transport.IO_URING) {
      return AppendProbe.Finding.given(AppendMethod.THREAD, "there is no ring");
    }
    NodeLoop loop = at.loop;
    AppendStore ring =
        loop.await(() -> AppendStore.open(plan.data(), loop, at.threads, AppendMethod.RING));
    try {
      return loop.await(() -> AppendProbe.run(ring.store(), at.store.store(), loop.clock()));
    } finally {
      loop.await(ring.directory()::close);
    }
  }

  /** Lets initiators connect; the address in use. */
  public HostPort listen(Place at) throws IOException {
    InetSocketAddress address = at.address().resolve();
    if (address.isUnresolved()) {
      throw cannotListen(at, "the host name is not known");
    }
    IscsiPortal portal =
        new IscsiPortal(
            address,
            new IscsiPortal.Transport(loops.group(), transport.serverChannel()),
            new IscsiPortal.Settings(targets, limits, metrics.edge()));
    Future<InetSocketAddress> started = portal.start().awaitUninterruptibly();
    if (!started.isSuccess()) {
      throw cannotListen(at, started.cause().getMessage());
    }
    opened.push(() -> portal.close(FINISH_LIMIT).awaitUninterruptibly());
    return at.address().withPort(started.getNow().getPort());
  }

  /** Serves what is counted. */
  public void serveMetrics(Place at) throws IOException {
    InetSocketAddress address = at.address().resolve();
    if (address.isUnresolved()) {
      throw cannotListen(at, "the host name is not known");
    }
    try {
      MetricsServer server = MetricsServer.start(address, metrics);
      opened.push(server::close);
      LOG.log(
          System.Logger.Level.INFO,
          "metrics at http://{0}/metrics",
          at.address().withPort(server.address().getPort()));
    } catch (IOException cause) {
      throw cannotListen(at, WorldFailure.describe(cause));
    }
  }

  private static RefusedException cannotListen(Place at, String reason) {
    HostPort where = at.address();
    String next =
        where.port() == 0
            ? at.saying().apply("127.0.0.1:0") + ", or another address of this host: ip address"
            : at.saying().apply(where.withPort(0).toString())
                + " for a free port, or see who has it: ss -ltnp";
    return new RefusedException(
        Refusal.host("cannot-listen", "cannot listen on " + where + ": " + reason, next));
  }

  /**
   * Closes everything, last opened first. Goes on when a part fails, and says so at the end.
   *
   * @throws IOException the first failure
   */
  @Override
  public void close() throws IOException {
    closeAll(opened);
  }

  /** Closes the parts in order; goes on when one fails. */
  public static void closeAll(Deque<Closing> parts) throws IOException {
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
