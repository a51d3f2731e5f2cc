package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.directory.Directory;
import io.tharsis.replication.directory.Key;
import io.tharsis.replication.directory.NodeDocument;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.link.BackOff;
import io.tharsis.replication.link.Certified;
import io.tharsis.replication.link.Destination;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.LinkRefusedException;
import io.tharsis.replication.link.Links;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.RefusalCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The control links of a node: tries to have one with every other node that the directory knows,
 * whoever of the two opens it. Of two that were opened at a time the one of the smaller node id
 * stays. Lives on the node's owner.
 */
final class Peers {

  private static final Duration LOOK = Duration.ofMillis(500);
  private static final BackOff BACK_OFF =
      new BackOff(Duration.ofMillis(500), Duration.ofSeconds(10));
  private static final String CLOSED = "the node stops";

  /**
   * How long a node that must answer is tried for, before it counts as unreachable: an attempt that
   * was begun when the line was cut may take ten seconds to fail.
   */
  private static final Duration REACH = Duration.ofSeconds(15);

  /** So many attempts that were begun meanwhile have to fail before it does so earlier. */
  private static final int FAILURES = 2;

  /**
   * So long a question whose link ends is asked again; links of a mended line take turns at first.
   */
  private static final Duration ASK_AGAIN = Duration.ofSeconds(15);

  /** Answers what other nodes ask. */
  interface Host {
    /** Does what a node asks; fails with a refusal. */
    Async<Blob> asked(UUID by, Inquiry inquiry);
  }

  /** Attempts to reach one node, or one address where some node may be. */
  private static final class Attempts {
    private boolean running;
    private int failures;
    private long notBeforeNanos = Long.MIN_VALUE;
    private String lastFailure = "";
  }

  /** Somebody waits for a link with a node. */
  private static final class Wanted {
    private final UUID node;
    private final Async<Boolean> reached = new Async<>();
    private Optional<Clock.Timer> limit = Optional.empty();
    private int failures;

    Wanted(UUID node) {
      this.node = node;
    }
  }

  private final NodeSetting setting;
  private final LinkHome home;
  private final Entropy entropy;
  private final Links links;
  private final Directory directory;
  private final Host host;
  private final Map<UUID, PeerLink> live = new TreeMap<>();
  private final Map<String, Attempts> attempts = new TreeMap<>();
  private final List<Wanted> wanted = new ArrayList<>();
  private final Expulsion expulsion = new Expulsion();
  private Optional<Clock.Timer> timer = Optional.empty();
  private boolean closed;

  Peers(NodeSetting setting, NodeSeams seams, Directory directory, Host host) {
    this.setting = setting;
    this.home = seams.home();
    this.entropy = seams.entropy();
    this.links = seams.links();
    this.directory = directory;
    this.host = host;
  }

  Directory directory() {
    return directory;
  }

  Host host() {
    return host;
  }

  Clock clock() {
    return home.clock();
  }

  private UUID self() {
    return setting.self().node();
  }

  /** Begins to connect. */
  void begin() {
    look();
  }

  private void look() {
    if (closed) {
      return;
    }
    for (var node : directory.view().nodes()) {
      UUID id = node.key().first();
      if (!id.equals(self()) && !live.containsKey(id)) {
        addressOf(node.content(), id).ifPresent(at -> dial(id.toString(), at, Optional.of(id)));
      }
    }
    live.entrySet().stream()
        .filter(one -> directory.view().deletion(Key.node(one.getKey())).isPresent())
        .map(Map.Entry::getValue)
        .toList()
        .forEach(link -> link.close("the node was taken out of the cluster"));
    if (live.isEmpty()) {
      setting.seeds().forEach(seed -> dial("seed " + seed, seed, Optional.empty()));
    }
    timer = Optional.of(clock().after(LOOK, this::look));
  }

  /** Addresses are tried in turn. */
  private Optional<InetSocketAddress> addressOf(NodeDocument node, UUID id) {
    List<InetSocketAddress> all = addresses(node);
    Attempts before = attempts.get(id.toString());
    int turn = before == null ? 0 : before.failures;
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(turn % all.size()));
  }

  private static List<InetSocketAddress> addresses(NodeDocument node) {
    List<InetSocketAddress> all = new ArrayList<>();
    for (NodeDocument.Address address : node.addresses()) {
      if (address.purpose() == NodeDocument.Purpose.PEERS) {
        all.add(InetSocketAddress.createUnresolved(address.host(), address.port()));
      }
    }
    return all;
  }

  /** Where links about resources to a node should be tried: where it was reached, or may be. */
  Optional<InetSocketAddress> addressOf(UUID node) {
    return Optional.ofNullable(live.get(node))
        .flatMap(PeerLink::dialled)
        .or(() -> directory.view().node(node).flatMap(shown -> addressOf(shown.content(), node)));
  }

  private void dial(String target, InetSocketAddress to, Optional<UUID> node) {
    Attempts now = attempts.computeIfAbsent(target, any -> new Attempts());
    List<Wanted> waiting =
        wanted.stream().filter(one -> node.filter(one.node::equals).isPresent()).toList();
    boolean tooEarly = waiting.isEmpty() && clock().monotonicNanos() < now.notBeforeNanos;
    if (now.running || tooEarly) {
      return;
    }
    now.running = true;
    PeerLink link = new PeerLink(this, Optional.of(to));
    links
        .connect(new Destination(to, Hello.Purpose.of(LinkClass.CONTROL), node), home, link)
        .observe(
            open -> {
              now.running = false;
              now.failures = 0;
            },
            cause -> {
              failed(now, cause);
              expulsion.failed(target, cause);
              waiting.forEach(one -> failed(one, cause));
            });
  }

  private void failed(Attempts which, IOException cause) {
    which.running = false;
    which.failures++;
    which.lastFailure =
        Optional.ofNullable(cause.getMessage()).orElse(cause.getClass().getSimpleName());
    which.notBeforeNanos =
        clock().monotonicNanos() + BACK_OFF.after(which.failures, entropy).toNanos();
  }

  /** Why a node cannot be reached; empty if it was not tried. */
  String lastFailure(UUID node) {
    return Optional.ofNullable(attempts.get(node.toString())).map(it -> it.lastFailure).orElse("");
  }

  /** Decides about a control link that another node opens. */
  Acceptance accept(Hello.Sender peer) {
    if (closed) {
      return new Acceptance.Refused(RefusalCode.NOT_SERVING, CLOSED);
    }
    if (directory.view().deletion(Key.node(peer.nodeId())).isPresent()) {
      return new Acceptance.Refused(RefusalCode.REVOKED, "the node was taken out of the cluster");
    }
    PeerLink present = live.get(peer.nodeId());
    boolean oursStays = self().compareTo(peer.nodeId()) < 0;
    if (present != null && present.dialled().isPresent() && oursStays) {
      return new Acceptance.Refused(RefusalCode.DUPLICATE, "there is a control link already");
    }
    return new Acceptance.Accepted(home, new PeerLink(this, Optional.empty()));
  }

  /** A link can be used; one that it replaces is closed. */
  void opened(PeerLink link, UUID peer) {
    if (closed) {
      link.close(CLOSED);
      return;
    }
    PeerLink before = live.put(peer, link);
    if (before != null) {
      before.close("another control link has taken its place");
    }
    expulsion.linked();
    List.copyOf(wanted).stream()
        .filter(one -> one.node.equals(peer))
        .forEach(one -> ended(one, true));
  }

  /** A node that says it is linked already is there, and finds out soon that it is not. */
  private void failed(Wanted one, IOException cause) {
    boolean linkedThere =
        cause instanceof LinkRefusedException refused && refused.code() == RefusalCode.DUPLICATE;
    one.failures += linkedThere ? 0 : 1;
    if (one.failures >= FAILURES) {
      ended(one, false);
    }
  }

  private void ended(Wanted one, boolean reached) {
    if (wanted.remove(one)) {
      one.limit.ifPresent(Clock.Timer::cancel);
      one.reached.succeed(reached);
    }
  }

  /** Why other nodes refuse this one for good; empty while one does not. */
  Optional<String> expulsion() {
    return live.isEmpty() ? expulsion.words() : Optional.empty();
  }

  /**
   * Whether there is a link with a node, or comes to be one soon: it is tried at once, and again
   * without pauses.
   */
  Async<Boolean> reach(UUID node) {
    if (isLinked(node)) {
      return Async.of(true);
    }
    if (closed) {
      return Async.of(false);
    }
    Wanted one = new Wanted(node);
    one.limit = Optional.of(clock().after(REACH, () -> ended(one, false)));
    wanted.add(one);
    dial(node);
    return one.reached;
  }

  private void dial(UUID node) {
    directory
        .view()
        .node(node)
        .flatMap(shown -> addressOf(shown.content(), node))
        .ifPresent(at -> dial(node.toString(), at, Optional.of(node)));
  }

  void closed(PeerLink link, UUID peer) {
    live.remove(peer, link);
  }

  /** Whether there is a live link. */
  boolean isLinked(UUID node) {
    return node.equals(self()) || live.containsKey(node);
  }

  /** What the certificates say of the live link with a node. */
  Optional<Certified> certified(UUID node) {
    return Optional.ofNullable(live.get(node)).flatMap(PeerLink::certified);
  }

  /** Asks a node; fails with a {@link io.tharsis.replication.control.RefusedException}. */
  Async<Blob> ask(UUID node, Inquiry inquiry, Duration patience) {
    if (node.equals(self())) {
      return host.asked(node, inquiry);
    }
    long untilNanos = clock().monotonicNanos() + ASK_AGAIN.toNanos();
    return reach(node).then(reached -> askNow(node, inquiry, patience, untilNanos));
  }

  /** What is asked may be asked again: a link may end because another one has taken its place. */
  private Async<Blob> askNow(UUID node, Inquiry inquiry, Duration patience, long untilNanos) {
    PeerLink link = live.get(node);
    if (link == null) {
      return Async.failed(unreachable(node).thrown());
    }
    return link.ask(inquiry, patience)
        .orElse(cause -> {
          if (!(cause instanceof PeerLink.Lost)) {
            return Async.failed(cause);
          }
          return clock().monotonicNanos() > untilNanos
              ? Async.failed(unreachable(node).thrown())
              : reach(node).then(again -> askNow(node, inquiry, patience, untilNanos));
        });
  }

  /** What to say of a node that must answer and cannot be reached. */
  Refusal unreachable(UUID node) {
    String failure = lastFailure(node);
    return Refusal.host(
        "node-unreachable",
        "node %s, which must answer, cannot be reached%s%s"
            .formatted(
                directory.view().node(node).map(it -> it.content().name()).orElse(node.toString()),
                directory
                    .view()
                    .age(node)
                    .map(age -> "; it was heard of %d s ago".formatted(age.toSeconds()))
                    .orElse(""),
                failure.isEmpty() ? "" : ": " + failure),
        "start it, or look at the network to it; then the same again");
  }

  /** Ends all links, for good. */
  void close() {
    closed = true;
    timer.ifPresent(Clock.Timer::cancel);
    List.copyOf(wanted).forEach(one -> ended(one, false));
    List.copyOf(live.values()).forEach(link -> link.close(CLOSED));
  }
}
