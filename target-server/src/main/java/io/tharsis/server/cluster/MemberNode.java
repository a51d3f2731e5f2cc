package io.tharsis.server.cluster;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.view.ClusterView;
import io.tharsis.replication.directory.NodeDocument;
import io.tharsis.replication.directory.Self;
import io.tharsis.replication.link.BundledLinks;
import io.tharsis.replication.link.LinkCounts;
import io.tharsis.replication.link.NodeLinks;
import io.tharsis.replication.link.RateSchedule;
import io.tharsis.replication.node.ClusterNode;
import io.tharsis.replication.node.NodeSeams;
import io.tharsis.replication.node.NodeSetting;
import io.tharsis.replication.trust.CertificateAuthority;
import io.tharsis.replication.trust.ClusterDocument;
import io.tharsis.replication.trust.ClusterLinkSecurity;
import io.tharsis.replication.trust.ClusterTrust;
import io.tharsis.replication.trust.NodeIdentity;
import io.tharsis.replication.trust.RevokedLinks;
import io.tharsis.replication.trust.TrustRefusedException;
import io.tharsis.replication.wire.Hello;
import io.tharsis.server.config.NodeSettings;
import io.tharsis.server.node.AppendStore;
import io.tharsis.server.node.NodeGround;
import io.tharsis.server.node.NodeLoop;
import io.tharsis.server.ring.AppendMethod;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * A node of a cluster while it runs: the {@link ClusterNode} and what it stands on. Opened and
 * closed at the rim.
 */
final class MemberNode implements NodeGround.Closing {

  /** Documents of the directory, in the data directory. */
  static final String DOCUMENTS = "directory";

  /** What this node is a member of, in the data directory. */
  static final String DEEDS = "members";

  /** How long the node itself may take to say what it knows. */
  private static final Duration VIEW_LIMIT = Duration.ofSeconds(10);

  /** Longer than a verb, so that the node's own words about its deadline are heard. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** How often links of revoked nodes are looked for, and what became of links is said. */
  private static final Duration SWEEP = Duration.ofSeconds(30);

  /**
   * How long links of a node that was just revoked are left: it may be the one that asked for it,
   * and waits for the answer.
   */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final Surroundings around;
  private final ClusterTrust trust;
  private final HostTrust keys;
  private final LinkWatch watch = new LinkWatch();
  private final Deque<NodeGround.Closing> opened = new ArrayDeque<>();
  private Optional<ClusterNode> node = Optional.empty();
  private Supplier<LinkCounts> counts = () -> new LinkCounts(Map.of());

  /** Only touched on the node's loop. */
  private Optional<Clock.Timer> sweeping = Optional.empty();

  private MemberNode(Surroundings around, ClusterTrust trust, HostTrust keys) {
    this.around = around;
    this.trust = trust;
    this.keys = keys;
  }

  /** Starts the node; blocks until others can reach it. */
  static MemberNode open(Surroundings around, ClusterTrust trust)
      throws IOException, TrustRefusedException {
    HostTrust keys = new HostTrust(trust, trust.authority(), around.home(), around.rim());
    MemberNode member = new MemberNode(around, trust, keys);
    try {
      member.open();
      return member;
    } catch (IOException | RuntimeException | Error failure) {
      member.close();
      throw failure;
    }
  }

  private void open() throws IOException {
    around.requirePort();
    UUID incarnation = around.entropy().nextUuid();
    NodeIdentity identity = trust.identity();
    NodeLinks links =
        around
            .network()
            .links(
                new Hello.Sender(
                    identity.clusterId(), identity.nodeId(), identity.name(), incarnation),
                new ClusterLinkSecurity(trust));
    opened.push(() -> links.close("the node is stopping"));
    counts = links::counts;
    NodeSeams seams =
        new NodeSeams(
            around.home(),
            around.entropy(),
            store(DOCUMENTS),
            store(DEEDS),
            new BundledLinks(links, around.settings().peers().connections(), around.entropy()),
            keys,
            new HostPremises(around.fittings()));
    NodeSetting setting = setting(identity, incarnation);
    ClusterNode started = loop().await(() -> ClusterNode.open(setting, seams));
    node = Optional.of(started);
    opened.push(() -> loop().await(started::close));
    RevokedLinks revoked = new RevokedLinks(links, trust);
    HostTrust.Hearers hearers =
        new HostTrust.Hearers(started::trustChanged, document -> farewell(revoked, document));
    loop()
        .owner()
        .execute(() -> {
          keys.telling(hearers);
          sweep(revoked);
        });
    trust.listen(keys);
    opened.push(this::stopSweeping);
  }

  private NodeLoop loop() {
    return around.loop();
  }

  private Store store(String name) throws IOException {
    AppendStore store =
        loop()
            .await(() ->
                AppendStore.open(
                    around.data().resolve(name),
                    loop(),
                    around.ground().threads(),
                    AppendMethod.THREAD));
    opened.push(() -> loop().await(store.directory()::close));
    return store.store();
  }

  private NodeSetting setting(NodeIdentity identity, UUID incarnation) throws IOException {
    NodeSettings settings = around.settings();
    List<InetSocketAddress> seeds =
        new Seeds(around.data())
            .all().stream()
                .map(seed -> InetSocketAddress.createUnresolved(seed.host(), seed.port()))
                .toList();
    return new NodeSetting(
        new Self(identity.nodeId(), incarnation),
        identity.clusterId(),
        identity.name(),
        around.addresses().stream().map(MemberNode::address).toList(),
        around.peers().resolve(),
        seeds,
        settings.log().limits(),
        settings.log().nodeSpaceBytes(),
        codec(settings.peers().compression()),
        schedule(settings.peers().bandwidth()),
        settings.peers().silence(),
        around.program());
  }

  private static NodeDocument.Address address(HostPort at) {
    return new NodeDocument.Address(NodeDocument.Purpose.PEERS, at.host(), at.port());
  }

  private static RateSchedule schedule(List<NodeSettings.Window> windows) {
    return new RateSchedule(
        ZoneId.systemDefault(),
        windows.stream()
            .map(one -> new RateSchedule.Window(one.from(), one.bytesPerSecond()))
            .toList());
  }

  private static Codec codec(NodeSettings.Compression compression) {
    return switch (compression) {
      case NONE -> Codec.PLAIN;
      case LZ4 -> Codec.LZ4;
      case ZSTD -> Codec.ZSTD;
    };
  }

  private void farewell(RevokedLinks revoked, ClusterDocument document) {
    Clock.Timer _ = loop().clock().after(FAREWELL, () -> revoked.documentChanged(document));
  }

  private void sweep(RevokedLinks revoked) {
    revoked.sweep();
    watch.look(linkCounts());
    sweeping = Optional.of(loop().clock().after(SWEEP, () -> sweep(revoked)));
  }

  private void stopSweeping() {
    loop().owner().execute(() -> sweeping.ifPresent(Clock.Timer::cancel));
  }

  /** The keys. */
  ClusterTrust trust() {
    return trust;
  }

  /** The CA, if it is here. */
  Optional<CertificateAuthority> authority() {
    return keys.authority();
  }

  /** Whether the CA is here and in use; any thread. */
  boolean holdsAuthority() {
    return keys.holdsAuthority();
  }

  /** The CA was imported here: the node tells the others. */
  void imported(CertificateAuthority authority) {
    keys.imported(authority);
    loop()
        .owner()
        .execute(() -> {
          // once more where it is taken away, so that what was heard before does not win
          keys.imported(authority);
          node().trustChanged();
        });
  }

  /** What happened to links; may be asked on any thread. */
  LinkCounts linkCounts() {
    return counts.get();
  }

  /** Carries a verb out; blocks. */
  Outcome execute(Request request) throws IOException {
    return Deadline.of(request.command().verb(), request.deadline().plus(GRACE))
        .await(loop().start(() -> node().execute(request)));
  }

  /** What the node knows; blocks. */
  ClusterView view() throws IOException {
    return Deadline.of("view", VIEW_LIMIT).await(loop().start(() -> node().view()));
  }

  private ClusterNode node() {
    return node.orElseThrow();
  }

  /** Ends everything, the replicas in order. */
  @Override
  public void close() throws IOException {
    NodeGround.closeAll(opened);
  }
}
