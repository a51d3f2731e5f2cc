package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.RequestForm;
import io.tharsis.replication.control.view.ClusterView;
import io.tharsis.replication.control.view.ReplicaFacts;
import io.tharsis.replication.directory.Alarm;
import io.tharsis.replication.directory.Directory;
import io.tharsis.replication.directory.DirectoryLimits;
import io.tharsis.replication.directory.DirectoryListener;
import io.tharsis.replication.directory.DirectorySeams;
import io.tharsis.replication.directory.Key;
import io.tharsis.replication.directory.NodeDocument;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.link.Bandwidth;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.RefusalCode;
import io.tharsis.replication.wire.Versions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A node of a cluster: knows the others, keeps its memberships going, and carries verbs out. Lives
 * on the node's owner; every method is called there.
 */
public final class ClusterNode {

  private static final Duration LOOK = Duration.ofMillis(100);

  /** How long news from other nodes may take. */
  private static final Duration JOIN_PATIENCE = Duration.ofSeconds(3);

  private final NodeSetting setting;
  private final NodeSeams seams;
  private final Surroundings around;
  private final Map<String, Tenancy> tenancies = new TreeMap<>();
  private final Verbs.Register register = new Tenancies();
  private final Viewer viewer;
  private final Verbs verbs;
  private final ResourceTeller resources;
  private final Hosting hosting;
  private final Disowner disowner;
  private final Renewals renewals;
  private final Reunion reunion;
  private Optional<InetSocketAddress> address = Optional.empty();
  private boolean closed;

  private ClusterNode(NodeSetting setting, NodeSeams seams, Directory directory, Deeds deeds) {
    this.setting = setting;
    this.seams = seams;
    Peers peers = new Peers(setting, seams, directory, this::asked);
    this.around =
        new Surroundings(
            setting,
            seams,
            directory,
            deeds,
            peers,
            new Bandwidth(seams.home().clock(), setting.bandwidth()));
    this.renewals = new Renewals(around);
    this.reunion = new Reunion(around);
    this.viewer =
        new Viewer(
            around,
            register,
            () -> Stream.of(renewals.alarm(), reunion.alarm()).flatMap(Optional::stream).toList());
    this.verbs = new Verbs(around, register, viewer);
    this.resources = new ResourceTeller(around);
    this.hosting = new Hosting(around, register);
    this.disowner = new Disowner(around, this::memberships);
  }

  /**
   * Opens the directory, begins to accept links, and opens again all replicas that it has. Succeeds
   * when others can reach it; replicas may take longer, and one that cannot be opened is shown.
   */
  public static Async<ClusterNode> open(NodeSetting setting, NodeSeams seams) {
    DirectorySeams documents =
        new DirectorySeams(seams.documents(), seams.home().clock(), seams.entropy(), seams.trust());
    return Directory.open(setting.self(), documents, DirectoryLimits.DEFAULT)
        .then(directory ->
            Deeds.open(seams.deeds())
                .map(deeds -> new ClusterNode(setting, seams, directory, deeds))
                .orElse(cause -> directory.close().then(done -> Async.failed(cause))))
        .then(node -> node.begin().orElse(cause -> node.close().then(done -> Async.failed(cause))));
  }

  private Async<ClusterNode> begin() {
    around
        .directory()
        .listen(
            new DirectoryListener() {
              @Override
              public void changed(Key key) {
                if (key.kind() == Key.Kind.RESOURCE) {
                  register.find(key.first()).ifPresent(Tenancy::heard);
                }
              }

              @Override
              public void alarm(Alarm alarm) {
                seams.premises().note(Premises.Gravity.TROUBLE, viewer.words(alarm));
              }
            });
    return seams
        .links()
        .listen(setting.listen(), seams.home(), this::accept)
        .then(bound -> {
          address = Optional.of(bound);
          return around.directory().writeNode(document(bound));
        })
        .then(done -> publishTrust())
        .map(done -> {
          around.deeds().all().forEach(this::begin);
          around.peers().begin();
          disowner.begin();
          renewals.begin();
          reunion.begin();
          return this;
        });
  }

  private Set<UUID> memberships() {
    Set<UUID> all = new TreeSet<>();
    tenancies.values().forEach(one -> all.add(one.deed().membership()));
    return all;
  }

  private Tenancy begin(Deed deed) {
    Tenancy tenancy = new Tenancy(deed, around, verbs::wished, () -> tenancies.remove(deed.name()));
    tenancies.put(deed.name(), tenancy);
    tenancy.begin();
    return tenancy;
  }

  /** Where peers find it; a port that was left to the system is known only now. */
  private NodeDocument document(InetSocketAddress bound) {
    List<NodeDocument.Address> addresses =
        setting.addresses().stream()
            .map(one ->
                one.purpose() == NodeDocument.Purpose.PEERS
                        && one.port() == setting.listen().getPort()
                    ? new NodeDocument.Address(one.purpose(), one.host(), bound.getPort())
                    : one)
            .toList();
    return new NodeDocument(
        setting.name(),
        setting.self().incarnation(),
        addresses,
        new NodeDocument.Versions(
            setting.program(), Versions.SUPPORTED.oldest(), Versions.SUPPORTED.newest()),
        List.of());
  }

  private final class Tenancies implements Verbs.Register {
    private final SortedSet<String> adding = new TreeSet<>();

    @Override
    public Optional<Tenancy> find(String resource) {
      return Optional.ofNullable(tenancies.get(resource));
    }

    @Override
    public Async<Tenancy> add(Deed deed) {
      if (closed) {
        return Async.failed(stopping().thrown());
      }
      if (tenancies.containsKey(deed.name()) || !adding.add(deed.name())) {
        // since this was planned
        return Async.failed(
            Refusal.forbidden(
                    "begun-meanwhile",
                    "another verb has begun to serve %s here meanwhile".formatted(deed.name()),
                    "tharsis view " + deed.name())
                .thrown());
      }
      Async<Void> written = around.deeds().put(deed);
      written.observe(done -> adding.remove(deed.name()), cause -> adding.remove(deed.name()));
      return written.map(done -> begin(deed));
    }

    @Override
    public List<Tenancy> all() {
      return List.copyOf(tenancies.values());
    }
  }

  private static Refusal stopping() {
    return Refusal.host("node-stopping", "the node stops", "start it again");
  }

  /** Where it accepts links. */
  public InetSocketAddress address() {
    return address.orElseThrow();
  }

  Directory directory() {
    return around.directory();
  }

  /** All replicas that it has, in order of their names. */
  List<Tenancy> replicas() {
    return List.copyOf(tenancies.values());
  }

  // ---- links that others open ----

  private Acceptance accept(Hello.Purpose purpose, Hello.Sender peer) {
    if (closed) {
      return new Acceptance.Refused(RefusalCode.NOT_SERVING, "the node stops");
    }
    return switch (purpose.linkClass()) {
      case CONTROL -> around.peers().accept(peer);
      case JOIN -> seams.trust().acceptJoin(peer);
      case LOG, SYNC, VOLUME -> accept(purpose, purpose.resource().orElseThrow(), peer.nodeId());
    };
  }

  private Acceptance accept(Hello.Purpose purpose, UUID resource, UUID peer) {
    Optional<Tenancy> here = register.find(resource);
    if (here.isEmpty()) {
      return new Acceptance.Refused(RefusalCode.UNKNOWN_RESOURCE, "it has no replica here");
    }
    boolean asClient = purpose.linkClass() == LinkClass.VOLUME;
    if (!asClient && !resources.isMember(resource, peer)) {
      return new Acceptance.Refused(
          RefusalCode.NOT_ALLOWED, "the node is no member of the resource");
    }
    return here.get().accept(purpose);
  }

  private Async<Blob> asked(UUID by, Inquiry inquiry) {
    return closed ? Async.failed(stopping().thrown()) : hosting.asked(by, inquiry);
  }

  // ---- verbs ----

  /**
   * Carries a verb out, except those that begin or end a cluster. Fails with a {@link
   * RefusedException}; ends by the deadline of the request.
   */
  public Async<Outcome> execute(Request request) {
    List<Refusal> objections = RequestForm.objections(request.command());
    if (!objections.isEmpty()) {
      return Async.failed(new RefusedException(objections));
    }
    return switch (request.command()) {
      case Command.WaitResource wait ->
          new Wait(wait, wait.host().orElse(setting.name()), request.deadline(), new Sight(wait))
              .begin(seams.home().clock());
      case Command.Verify verify when !request.dryRun() ->
          new Errand(around, request).await(verbs.verify(verify, request.deadline()));
      case Command.OnResource about -> new Errand(around, request).run(plan(about));
      case Command.LeaveCluster leave -> new Errand(around, request).run(hosting.leave(leave));
      case Command.CreateCluster _,
          Command.CreateToken _,
          Command.JoinCluster _,
          Command.CaExport _,
          Command.CaImport _ ->
          Async.failed(
              Refusal.forbidden(
                      "in-a-cluster",
                      "this node is in a cluster already",
                      "tharsis leave-cluster first")
                  .thrown());
    };
  }

  private Async<Verbs.Plan> plan(Command.OnResource command) {
    return verbs
        .plan(command)
        .orElse(cause ->
            command instanceof Command.JoinResource && isNews(cause)
                ? again(command, JOIN_PATIENCE)
                : Async.failed(cause));
  }

  /** A resource that was just made elsewhere may be on its way here. */
  private static boolean isNews(IOException cause) {
    return cause instanceof RefusedException refused
        && refused.refusal().code().equals("no-such-resource");
  }

  private Async<Verbs.Plan> again(Command.OnResource command, Duration patience) {
    Async<Void> later = new Async<>();
    seams.home().clock().after(LOOK, () -> later.succeed(null));
    return later
        .then(done -> verbs.plan(command))
        .orElse(cause ->
            isNews(cause) && patience.compareTo(LOOK) > 0
                ? again(command, patience.minus(LOOK))
                : Async.failed(cause));
  }

  /** What is looked at while somebody waits for a replica. */
  private final class Sight implements Wait.Sight {
    private final Command.WaitResource wish;

    Sight(Command.WaitResource wish) {
      this.wish = wish;
    }

    @Override
    public Async<Void> refresh() {
      return ClusterNode.this.refresh();
    }

    @Override
    public Optional<Refusal> objection() {
      if (around.directory().view().resourcesNamed(wish.resource()).isEmpty()) {
        return Optional.of(ClusterView.unknown(wish.resource(), setting.name()));
      }
      return closed ? Optional.of(stopping()) : Optional.empty();
    }

    @Override
    public Optional<ReplicaFacts> replica(String host) {
      return around.directory().view().resourcesNamed(wish.resource()).stream()
          .flatMap(id -> viewer.replicas(id).stream())
          .filter(one -> one.host().equals(host))
          .findFirst();
    }
  }

  // ---- looking ----

  /** Everything this node knows now. */
  public Async<ClusterView> view() {
    return refresh().map(done -> viewer.cluster());
  }

  private Async<Void> refresh() {
    List<Async<?>> all = new ArrayList<>();
    tenancies.values().forEach(one -> all.add(one.freshReport()));
    return Async.forEach(all, one -> one.map(done -> (Void) null).orElse(cause -> Async.done()));
  }

  /** A newer cluster document is in force here: tells it to the others. */
  public void trustChanged() {
    publishTrust().observe(done -> {}, cause -> {});
  }

  private Async<Void> publishTrust() {
    Trust.Signed signed = seams.trust().document();
    boolean known =
        around
            .directory()
            .view()
            .cluster()
            .filter(shown -> shown.version().counter() >= signed.counter())
            .isPresent();
    if (known || !seams.trust().holdsAuthority()) {
      return Async.done();
    }
    return around
        .directory()
        .writeCluster(signed.content(), signed.counter())
        .map(done -> (Void) null);
  }

  /** Closes all replicas in order, then links and directory. Succeeds when nothing is open. */
  public Async<Void> close() {
    closed = true;
    disowner.end();
    renewals.end();
    reunion.end();
    around.peers().close();
    return Async.each(List.copyOf(tenancies.values()), Tenancy::close)
        .then(done -> {
          seams.links().close("the node stops");
          return Async.each(
              List.<Supplier<Async<Void>>>of(around.deeds()::close, around.directory()::close),
              Supplier::get);
        });
  }
}
