package io.tharsis.replication.node;

import io.tharsis.logfiles.log.Succession;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.directory.WriteRefused;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Whether another node has become the primary in the place of this one, as far as the directory
 * tells: what is written here goes nowhere any more. Belongs to a {@link Tenancy} and lives on the
 * node's owner.
 */
final class Ousting {

  /** How long a primary that is started listens for members that it cannot reach yet. */
  private static final Duration LISTENING = Duration.ofSeconds(2);

  /** And how long once it has reached one, which tells what it knows at once. */
  private static final Duration HEARING = Duration.ofMillis(400);

  private final Surroundings around;
  private final ResourceTeller resources;
  private long begunNanos;
  private OptionalLong heardNanos = OptionalLong.empty();

  Ousting(Surroundings around) {
    this.around = around;
    this.resources = new ResourceTeller(around);
  }

  /** The node goes from now on where the deed says. */
  void begin() {
    begunNanos = around.nanos();
  }

  /**
   * A primary that is started again may have been replaced while it was away: it listens for a
   * moment before it begins an epoch that nobody wants.
   */
  boolean isToListen(Deed deed) {
    boolean others = !resources.otherMembers(deed.resource()).isEmpty();
    if (heardNanos.isEmpty() && hasHeardSome(deed)) {
      heardNanos = OptionalLong.of(around.nanos());
    }
    boolean heard =
        heardNanos.isPresent() && around.nanos() - heardNanos.getAsLong() >= HEARING.toNanos();
    return others && !heard && around.nanos() - begunNanos < LISTENING.toNanos();
  }

  private boolean hasHeardSome(Deed deed) {
    return resources.otherMembers(deed.resource()).stream().anyMatch(around.peers()::isLinked);
  }

  /** Whether that is so of a primary that is not open: as far as its deed, too, can tell. */
  boolean isOver(Deed deed) {
    long ours = deed.succession().map(Succession::newerThan).orElse(0L);
    return deed.stage() == Deed.Stage.MEMBER
        && resources
            .newest(deed.resource())
            .filter(shown -> shown.content().primary().filter(this::isSelf).isEmpty())
            .filter(shown -> shown.version().epoch().number() > ours)
            .isPresent()
        && !resources.keepsServing(deed.resource(), Optional.empty());
  }

  /**
   * Whether another node has begun a later epoch than this replica's newest, though it may have
   * given the role up since.
   */
  boolean isOver(Deed deed, Report seen) {
    return resources
        .newest(deed.resource())
        .filter(shown -> shown.content().primary().filter(this::isSelf).isEmpty())
        .filter(shown -> shown.version().epoch().compareTo(seen.epoch()) > 0)
        .isPresent();
  }

  /** Why a primary could not say something of its resource, in words that help. */
  static IOException overruled(Deed deed, IOException cause) {
    return cause instanceof WriteRefused refused && refused.code() == WriteRefused.Code.NOT_WRITER
        ? Refusal.forbidden(
                "overruled",
                "another node has gone on as the primary of %s, and what it says counts"
                    .formatted(deed.name()),
                "the same there; or tharsis secondary %s, if this node is to serve it no more"
                    .formatted(deed.name()))
            .thrown()
        : cause;
  }

  private boolean isSelf(UUID node) {
    return node.equals(around.setting().self().node());
  }
}
