package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Which nodes are linked, and in which incarnation. A node that comes in another one has either
 * been restarted, and what is left of the old incarnation is dead without anybody having noticed,
 * or exists twice. So the old one is asked: while it shows life the new one is refused, otherwise
 * it takes the place. Confined to the door's owner.
 */
final class LiveNodes {

  /** One link, or what becomes one. */
  interface Member {
    /** Runs {@code onAlive} on the door's owner once the other end has shown life. */
    void probe(Runnable onAlive);

    /** Ends it. */
    void drop(String why);
  }

  /** Who wants to be let in. */
  interface Visitor extends Member {
    /** It is in, as a member. */
    void admitted();

    /** Another incarnation of the same node is alive. */
    void isClone(UUID livingIncarnation);
  }

  private static final class Node {
    private final UUID incarnation;
    private final Set<Member> members = new LinkedHashSet<>();
    private final List<Claim> waiting = new ArrayList<>();
    private Optional<Clock.Timer> probing = Optional.empty();

    Node(UUID incarnation) {
      this.incarnation = incarnation;
    }
  }

  private record Claim(UUID incarnation, Visitor visitor) {}

  private final Clock clock;
  private final Duration probeLimit;
  private final Map<UUID, Node> nodes = new LinkedHashMap<>();

  LiveNodes(Clock clock, Duration probeLimit) {
    this.clock = clock;
    this.probeLimit = probeLimit;
  }

  /** Lets a visitor in, at once or when the old incarnation has turned out to be dead, or not. */
  void admit(UUID nodeId, UUID incarnation, Visitor visitor) {
    Node node = nodes.computeIfAbsent(nodeId, _ -> new Node(incarnation));
    if (node.incarnation.equals(incarnation)) {
      node.members.add(visitor);
      visitor.admitted();
      return;
    }
    node.waiting.add(new Claim(incarnation, visitor));
    if (node.probing.isEmpty()) {
      node.probing = Optional.of(clock.after(probeLimit, () -> silent(node)));
      List.copyOf(node.members).forEach(member -> member.probe(() -> alive(node)));
    }
  }

  /** A visitor has become a link. */
  void becomes(Visitor visitor, Member link) {
    for (Node node : nodes.values()) {
      if (node.members.remove(visitor)) {
        node.members.add(link);
      }
    }
  }

  /** A member has ended, or a visitor has gone away. Idempotent. */
  void left(Member member) {
    for (Map.Entry<UUID, Node> entry : List.copyOf(nodes.entrySet())) {
      Node node = entry.getValue();
      node.waiting.removeIf(claim -> claim.visitor().equals(member));
      if (node.members.remove(member) && node.members.isEmpty()) {
        nodes.remove(entry.getKey());
        takePlace(entry.getKey(), node);
      }
    }
  }

  private void takePlace(UUID nodeId, Node gone) {
    gone.probing.ifPresent(Clock.Timer::cancel);
    for (Claim claim : List.copyOf(gone.waiting)) {
      if (gone.waiting.remove(claim)) {
        admit(nodeId, claim.incarnation(), claim.visitor());
      }
    }
  }

  private void alive(Node node) {
    if (node.probing.isPresent()) {
      node.probing.get().cancel();
      node.probing = Optional.empty();
      List<Claim> refused = List.copyOf(node.waiting);
      node.waiting.clear();
      refused.forEach(claim -> claim.visitor().isClone(node.incarnation));
    }
  }

  private void silent(Node node) {
    List.copyOf(node.members)
        .forEach(member -> member.drop("its node has been started anew and it shows no life"));
  }
}
