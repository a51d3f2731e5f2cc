package io.tharsis.replication.node;

import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.directory.ResourceDocument;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Whether a member was dismissed while it was away: the primary counts it no more, and its replica
 * is still here. It is let in nowhere, and nothing of it ends by itself: what it has may be all
 * that there is of something. Lives on the node's owner.
 */
final class Dismissal {

  /** So long after it has met the primary a new member may not have heard that it is one. */
  private static final Duration NEWS = Duration.ofSeconds(5);

  private final Surroundings around;
  private final ResourceTeller resources;
  private final Facts facts;
  private boolean listed;
  private OptionalLong missedNanos = OptionalLong.empty();

  Dismissal(Surroundings around) {
    this.around = around;
    this.resources = new ResourceTeller(around);
    this.facts = new Facts(around);
  }

  /** Looks at what the primary says now; called now and then. */
  void look(Deed deed) {
    if (isListed(deed)) {
      listed = true;
      missedNanos = OptionalLong.empty();
    } else if (by(deed).filter(around.peers()::isLinked).isEmpty()) {
      missedNanos = OptionalLong.empty();
    } else if (missedNanos.isEmpty()) {
      missedNanos = OptionalLong.of(around.nanos());
    }
  }

  private boolean isListed(Deed deed) {
    return newest(deed)
        .flatMap(resource -> resource.member(around.setting().self().node()))
        .filter(member -> member.membership().equals(deed.membership()))
        .isPresent();
  }

  private Optional<ResourceDocument> newest(Deed deed) {
    return resources.newest(deed.resource()).map(shown -> shown.content());
  }

  /** Who is the primary instead. */
  private Optional<UUID> by(Deed deed) {
    return resources
        .primaryOf(deed.resource())
        .filter(node -> !node.equals(around.setting().self().node()));
  }

  private boolean isOver(Deed deed) {
    boolean member =
        switch (deed.stage()) {
          case MEMBER, RENEWING -> !deed.isPrimary() && !deed.isClient();
          case MAKING, JOINING, LEAVING -> false;
        };
    boolean heard =
        missedNanos.isPresent() && around.nanos() - missedNanos.getAsLong() >= NEWS.toNanos();
    return member && by(deed).isPresent() && !isListed(deed) && (listed || heard);
  }

  /** What there is to say of it; empty as long as it is a member. */
  Optional<Refusal> words(Deed deed) {
    return isOver(deed)
        ? Optional.of(
            Refusal.forbidden(
                "dismissed",
                "%s, the primary of %s, counts node %s no more: it was dismissed while it was away"
                    .formatted(
                        by(deed).map(facts::nameOf).orElseThrow(),
                        deed.name(),
                        around.setting().name()),
                "tharsis leave-resource %s here, which removes what is left of its log; then"
                        .formatted(deed.name())
                    + " join-resource to have a copy again"))
        : Optional.empty();
  }

  /** The same as something that is shown. */
  Optional<Report.Problem> remark(Deed deed) {
    return words(deed).map(why -> new Report.Problem(Faults.DISMISSED, why.toString()));
  }
}
