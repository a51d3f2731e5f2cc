package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Owner;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.RefusalCode;
import io.tharsis.replication.wire.Versions;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A node of a test: accepts what its rule says, remembers what happens. What it remembers may be
 * asked on any thread.
 */
public final class LinkNode implements LinkAcceptor {

  /** The cluster of all tests. */
  public static final UUID CLUSTER = new UUID(0xC1, 0xC1);

  private final LinkWorld world;
  private final Spec spec;
  private final LinkHome home;
  private final NodeLinks links;
  private final List<RecordingHandler> accepted = new ArrayList<>();
  private final List<String> clones = new ArrayList<>();
  private Optional<InetSocketAddress> address = Optional.empty();
  private Optional<Owner> decider = Optional.empty();
  private Optional<Supplier<LinkHandler>> user = Optional.empty();
  private BiConsumer<Link, Message> reaction = (_, _) -> {};
  private Function<Hello.Purpose, Optional<RefusalCode>> rule = _ -> Optional.empty();

  /**
   * What a node is.
   *
   * @param sender how it introduces itself
   * @param certificate the node its certificate names, if it has one
   * @param versions that it speaks
   * @param limits of its links
   */
  public record Spec(
      Hello.Sender sender, Optional<UUID> certificate, Versions versions, LinkLimits limits) {

    /** A sound member of the cluster. */
    public static Spec of(String name, int number, LinkLimits limits) {
      UUID id = new UUID(0xAB, number);
      return new Spec(
          new Hello.Sender(CLUSTER, id, name, new UUID(0x1C, number)),
          Optional.of(id),
          Versions.SUPPORTED,
          limits);
    }

    /** The same node after another start. */
    public Spec incarnation(int number) {
      return new Spec(
          new Hello.Sender(
              sender.clusterId(), sender.nodeId(), sender.name(), new UUID(0x1C, number)),
          certificate,
          versions,
          limits);
    }

    /** The same with another id, but the old certificate. */
    public Spec saying(UUID nodeId) {
      return new Spec(
          new Hello.Sender(sender.clusterId(), nodeId, sender.name(), sender.incarnation()),
          certificate,
          versions,
          limits);
    }

    /** The same of another cluster. */
    public Spec cluster(UUID clusterId) {
      return new Spec(
          new Hello.Sender(clusterId, sender.nodeId(), sender.name(), sender.incarnation()),
          certificate,
          versions,
          limits);
    }

    /** The same with other versions. */
    public Spec versions(int oldest, int newest) {
      return new Spec(sender, certificate, new Versions(oldest, newest), limits);
    }

    /** The same without a certificate. */
    public Spec withoutCertificate() {
      return new Spec(sender, Optional.empty(), versions, limits);
    }

    /** The same with other limits. */
    public Spec limits(LinkLimits other) {
      return new Spec(sender, certificate, versions, other);
    }
  }

  /** A node that does not listen yet. */
  public LinkNode(LinkWorld world, Spec spec, LinkHome home, NodeLinks.Environment environment) {
    this.world = world;
    this.spec = spec;
    this.home = home;
    LinkAlarms alarms = (_, _, words) -> cloneMet(words);
    LinkIdentity identity = LinkIdentity.of(spec.sender());
    this.links =
        new NodeLinks(
            new LinkIdentity(identity.sender(), spec.versions(), identity.codecs()),
            new NodeLinks.Environment(
                environment.network(), environment.door(), environment.limits(), alarms));
  }

  private void cloneMet(String words) {
    synchronized (this) {
      clones.add(words);
    }
    world.changed();
  }

  @Override
  public Acceptance decide(Hello.Purpose purpose, Hello.Sender peer) {
    Optional<Owner> other;
    synchronized (this) {
      other = decider;
    }
    return other
        .<Acceptance>map(owner -> new Acceptance.Elsewhere(owner, () -> decideHere(purpose)))
        .orElseGet(() -> decideHere(purpose));
  }

  private synchronized Acceptance decideHere(Hello.Purpose purpose) {
    Optional<RefusalCode> refusal = rule.apply(purpose);
    if (refusal.isPresent()) {
      return new Acceptance.Refused(refusal.get(), "the test says so");
    }
    if (user.isPresent()) {
      return new Acceptance.Accepted(home, user.get().get());
    }
    RecordingHandler handler = new RecordingHandler(world::changed, reaction);
    accepted.add(handler);
    return new Acceptance.Accepted(home, handler);
  }

  /** From now on it refuses what the rule says. */
  public synchronized void refuse(Function<Hello.Purpose, Optional<RefusalCode>> newRule) {
    rule = newRule;
  }

  /** From now on another owner decides. */
  public synchronized void refer(Owner owner) {
    decider = Optional.of(owner);
  }

  /** From now on links that it accepts are used by these instead of being recorded. */
  public synchronized void use(Supplier<LinkHandler> users) {
    user = Optional.of(users);
  }

  /** From now on links that it accepts react to messages. */
  public synchronized void react(BiConsumer<Link, Message> newReaction) {
    reaction = newReaction;
  }

  /** Who it is. */
  public Spec spec() {
    return spec;
  }

  /** Where its users of links live. */
  public LinkHome home() {
    return home;
  }

  /** Its links. */
  public NodeLinks links() {
    return links;
  }

  /** Users of the links that it has accepted, in this order. */
  public synchronized List<RecordingHandler> accepted() {
    return List.copyOf(accepted);
  }

  /** What it was told about clones. */
  public synchronized List<String> clones() {
    return List.copyOf(clones);
  }

  /** How often it happened. */
  public long count(LinkEvent event) {
    return links.counts().of(event);
  }

  /** Where others reach it. */
  public synchronized InetSocketAddress address() {
    return address.orElseThrow();
  }

  /** It is reached there. */
  public synchronized void listensAt(InetSocketAddress reached) {
    address = Optional.of(reached);
  }
}
