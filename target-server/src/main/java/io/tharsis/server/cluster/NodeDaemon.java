package io.tharsis.server.cluster;

import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.NodeControl;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.view.ClusterView;
import io.tharsis.replication.trust.TrustHome;
import io.tharsis.replication.trust.TrustRefusedException;
import io.tharsis.replication.trust.TrustSetting;
import io.tharsis.server.admin.AdminServer;
import io.tharsis.server.config.NodeSettings;
import io.tharsis.server.metrics.NodeMetrics;
import io.tharsis.server.node.NodeConfig;
import io.tharsis.server.node.NodeGround;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A running node: loops, portal, metrics and admin API, and the node of the cluster if it is in
 * one. Started and closed at the rim, by threads that may wait.
 */
public final class NodeDaemon implements NodeGround.Closing {

  private static final String TRUST = "trust";

  /**
   * What to start.
   *
   * @param data the data directory
   * @param settings what its file says
   * @param program version of the program, for people
   * @param trust how long keys and certificates live, and by which clock
   */
  public record Plan(Path data, NodeSettings settings, String program, TrustSetting trust) {

    /** With what all nodes have of trust. */
    public Plan(Path data, NodeSettings settings, String program) {
      this(data, settings, program, TrustSetting.standard());
    }
  }

  private final Plan plan;
  private final NodeGround ground;
  private final Consumer<String> announcer;
  private Optional<Membership> membership = Optional.empty();
  private Optional<HostPort> portal = Optional.empty();
  private Optional<HostPort> peers = Optional.empty();

  private NodeDaemon(Plan plan, NodeGround ground, Consumer<String> announcer) {
    this.plan = plan;
    this.ground = ground;
    this.announcer = announcer;
  }

  /**
   * Starts a node; if it is in a cluster, others can reach it when this returns.
   *
   * @param announcer told, line by line and on any thread, what is ready
   * @throws IOException if it cannot run; nothing of it is left open then
   */
  public static NodeDaemon start(Plan plan, Consumer<String> announcer) throws IOException {
    NodeSettings.InputOutput io = plan.settings().io();
    NodeGround ground =
        NodeGround.open(
            new NodeGround.Plan(
                plan.data(),
                new NodeConfig.Methods(io.transport(), NodeConfig.Methods.IDLE_POLL, io.append()),
                1 + Runtime.getRuntime().availableProcessors()));
    NodeDaemon daemon = new NodeDaemon(plan, ground, announcer);
    try {
      daemon.start();
      return daemon;
    } catch (TrustRefusedException refused) {
      daemon.close();
      throw TrustWords.refusal(refused.refused()).thrown();
    } catch (IOException | RuntimeException | Error failure) {
      daemon.close();
      throw failure;
    }
  }

  private void start() throws IOException, TrustRefusedException {
    NodeSettings.Listen listen = plan.settings().listen();
    Rim rim = new Rim();
    ground.closes(rim);
    HostPremises.Fittings fittings =
        new HostPremises.Fittings(
            plan.data(),
            ground,
            ground.chooseAppend(),
            MemoryBudget.of(plan.settings().log().limits()),
            plan.settings().iscsi().explicitAlua(),
            rim,
            this::exported);
    Surroundings around =
        new Surroundings(
            plan.data(),
            plan.settings(),
            withPort(listen.peers()),
            ground,
            rim,
            fittings,
            plan.program());
    Membership member =
        new Membership(around, TrustHome.at(plan.data().resolve(TRUST), plan.trust()));
    membership = Optional.of(member);
    peers = Optional.of(around.peers());
    ground.closes(member);
    ground.metrics().links(member::linkCounts);
    ground.metrics().certificate(member::certificateUntil);
    ground.metrics().cluster(this::known);
    portal =
        Optional.of(
            ground.listen(
                new NodeGround.Place(listen.iscsi(), at -> "listen.iscsi = \"" + at + "\"")));
    if (listen.metrics().isPresent()) {
      ground.serveMetrics(
          new NodeGround.Place(listen.metrics().get(), at -> "listen.metrics = \"" + at + "\""));
    }
    member.resume();
    serveAdmin(listen.admin(), new ClusterControl(member));
    announcer.accept(
        "ready node %s data %s peers %s iscsi %s"
            .formatted(member.name(), plan.data(), around.peers(), portal.get()));
  }

  /** What the node knows, for those who only watch. */
  private Optional<ClusterView> known() {
    try {
      return Optional.of(control().view());
    } catch (RefusedException stopping) {
      return Optional.empty();
    }
  }

  private void exported(String target) {
    announcer.accept("ready iscsi://" + portal.orElseThrow() + "/" + target + "/0");
  }

  /** The port is told to others before it is listened at, so a free one has to be found before. */
  private static HostPort withPort(HostPort peers) throws IOException {
    if (peers.port() != 0) {
      return peers;
    }
    return peers.withPort(FreePorts.at(peers.resolve()));
  }

  private void serveAdmin(HostPort at, NodeControl control) throws IOException {
    InetSocketAddress address = at.resolve();
    if (address.isUnresolved()) {
      throw Refusal.host(
              "cannot-listen",
              "cannot listen on " + at + ": the host name is not known",
              "listen.admin = \"127.0.0.1:0\"")
          .thrown();
    }
    AdminServer server = AdminServer.start(address, plan.data(), control);
    ground.closes(server::close);
  }

  /** Operates it, at the rim. */
  NodeControl control() {
    return new ClusterControl(membership.orElseThrow());
  }

  /** What has moved through its resources. */
  NodeMetrics.Moved moved() {
    return ground.metrics().moved();
  }

  /** Where initiators connect. */
  HostPort portal() {
    return portal.orElseThrow();
  }

  /** Where other nodes connect, once it is in a cluster. */
  HostPort peers() {
    return peers.orElseThrow();
  }

  /**
   * Stops accepting, finishes what is in flight, and closes everything in order. Goes on when a
   * part fails, and says so at the end.
   */
  @Override
  public void close() throws IOException {
    ground.close();
  }
}
