package io.tharsis.replication.directory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * What can be read from a directory now; used on its owner. Nothing here is more than what some
 * node has said: what the log knows wins.
 */
public final class Views {

  /**
   * A document as it is shown.
   *
   * @param key what it is about
   * @param content what it says
   * @param version which version
   * @param origin who wrote it, and when
   * @param <T> kind of content
   */
  public record Shown<T extends Content>(
      Key key, T content, Version version, Document.Origin origin) {}

  /**
   * A member of a resource.
   *
   * @param member what the primary says of it
   * @param replica what the node says of its replica in this membership; nothing if it has not
   *     said, or only in an earlier membership
   */
  public record MemberView(
      ResourceDocument.Member member, Optional<Shown<ReplicaDocument>> replica) {}

  private final Self self;
  private final Holdings holdings;
  private final Heard heard;
  private final NodeClock clock;

  Views(Self self, Holdings holdings, Heard heard, NodeClock clock) {
    this.self = self;
    this.holdings = holdings;
    this.heard = heard;
    this.clock = clock;
  }

  private static <T extends Content> Optional<Shown<T>> shown(Held held, Class<T> kind) {
    Document document = held.document();
    return kind.isInstance(held.content())
        ? Optional.of(
            new Shown<>(
                document.key(), kind.cast(held.content()), document.version(), document.origin()))
        : Optional.empty();
  }

  private static <T extends Content> List<Shown<T>> shown(Collection<Held> all, Class<T> kind) {
    List<Shown<T>> result = new ArrayList<>();
    all.forEach(held -> shown(held, kind).ifPresent(result::add));
    return result;
  }

  private Collection<Held> kind(Key.Kind kind) {
    UUID most = new UUID(-1, -1);
    return holdings.between(
        new Key(kind.code(), Key.NIL, Key.NIL), new Key(kind.code(), most, most));
  }

  /** The cluster document. */
  public Optional<Shown<ClusterDocument>> cluster() {
    return shown(holdings.of(Key.cluster()), ClusterDocument.class).stream().findFirst();
  }

  /** What a node says of itself. */
  public Optional<Shown<NodeDocument>> node(UUID node) {
    return shown(holdings.of(Key.node(node)), NodeDocument.class).stream().findFirst();
  }

  /** All nodes that are not deleted. */
  public List<Shown<NodeDocument>> nodes() {
    return shown(kind(Key.Kind.NODE), NodeDocument.class);
  }

  /** The nodes of that name: more than one where two have met that were given the same name. */
  public List<UUID> nodesNamed(String name) {
    return named(nodes(), node -> node.name().equals(name));
  }

  /** All resources that are not deleted. */
  public List<UUID> resources() {
    return named(shown(kind(Key.Kind.RESOURCE), ResourceDocument.class), any -> true);
  }

  /** The resources of that name: more than one where two partitions have each made one. */
  public List<UUID> resourcesNamed(String name) {
    return named(
        shown(kind(Key.Kind.RESOURCE), ResourceDocument.class),
        resource -> resource.name().equals(name));
  }

  private static <T extends Content> List<UUID> named(List<Shown<T>> all, Predicate<T> which) {
    return all.stream()
        .filter(shown -> which.test(shown.content))
        .map(shown -> shown.key.first())
        .distinct()
        .toList();
  }

  /**
   * What the primaries of a resource say, the greatest epoch last. More than one: it is split, and
   * nobody here can tell who is right.
   */
  public List<Shown<ResourceDocument>> branches(UUID resource) {
    return shown(holdings.of(Key.resource(resource)), ResourceDocument.class).stream()
        .sorted((a, b) -> a.version.compareTo(b.version))
        .toList();
  }

  /** Whether epochs of a resource are known that do not continue each other. */
  public boolean isSplit(UUID resource) {
    return holdings.of(Key.resource(resource)).size() > 1;
  }

  /** The epochs that what was written in some epochs of a resource continues or overrules. */
  public List<EpochRef> continued(UUID resource, Collection<EpochRef> epochs) {
    return holdings.of(Key.resource(resource)).stream()
        .map(Held::document)
        .filter(document -> epochs.contains(document.version().epoch()))
        .flatMap(document -> document.continues().stream())
        .toList();
  }

  /** The members that a branch lists, each with what it says in that membership. */
  public List<MemberView> members(Shown<ResourceDocument> branch) {
    return branch.content.members().stream()
        .map(member -> new MemberView(member, replica(branch.key.first(), member)))
        .toList();
  }

  private Optional<Shown<ReplicaDocument>> replica(UUID resource, ResourceDocument.Member member) {
    return shown(holdings.of(Key.replica(resource, member.node())), ReplicaDocument.class).stream()
        .filter(shown -> shown.content.membership().equals(member.membership()))
        .findFirst();
  }

  /** What a node says of its replica, whether anybody counts it as a member or not. */
  public Optional<Shown<ReplicaDocument>> replica(UUID resource, UUID node) {
    return shown(holdings.of(Key.replica(resource, node)), ReplicaDocument.class).stream()
        .findFirst();
  }

  /** Who deleted a resource or node for ever, and when. */
  public Optional<Shown<Content.Tombstone>> deletion(Key key) {
    return shown(holdings.of(key), Content.Tombstone.class).stream().findFirst();
  }

  /** Documents that this program does not understand; they are kept and passed on. */
  public List<Shown<Content.Unread>> unread() {
    return shown(holdings.all(), Content.Unread.class);
  }

  /**
   * How old what we know of a node is: since it said the last thing that has reached us directly or
   * through others. Empty if nothing has since this node was started; zero for ourselves.
   */
  public Optional<Duration> age(UUID node) {
    if (node.equals(self.node())) {
      return Optional.of(Duration.ZERO);
    }
    return heard.of(node).map(time -> Duration.ofMillis(Math.max(0, -clock.aheadMillis(time))));
  }

  /**
   * How old what a document says is: the age of its writer, or the time since it was written if
   * that is less, or if nothing else is known.
   */
  public Duration age(Shown<?> shown) {
    Duration written = Duration.ofMillis(Math.max(0, -clock.aheadMillis(shown.origin.stamp())));
    return age(shown.origin.node()).filter(age -> age.compareTo(written) < 0).orElse(written);
  }
}
