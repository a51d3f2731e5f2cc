package io.tharsis.replication.node;

import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.directory.Switches;
import io.tharsis.replication.member.SecondaryReplica;
import java.util.Optional;

/**
 * What an open replica is told by its node: what it may do, whom it may ask, and what it promises.
 * Belongs to a {@link Tenancy} and lives on the node's owner.
 */
final class Orders {

  private final Crossing crossing;
  private final ResourceTeller resources;
  private Lodger.Sources sources = Lodger.Sources.NONE;
  private Optional<ReplicationMode> promised = Optional.empty();
  private boolean branching;

  Orders(Crossing crossing, ResourceTeller resources) {
    this.crossing = crossing;
    this.resources = resources;
  }

  /** Another replica is open than before: it has been told nothing. */
  void forget() {
    sources = Lodger.Sources.NONE;
    promised = Optional.empty();
  }

  /** Says what the directory says now, if that is something else than before. */
  void offer(Deed deed, Lodger open) {
    ReplicationMode mode = resources.mode(deed.resource());
    if (promised.filter(mode::equals).isEmpty()) {
      promised = Optional.of(mode);
      crossing.tell(() -> open.promise(mode));
    }
    Lodger.Sources now = resources.sourcesFor(deed);
    if (!now.equals(sources)) {
      sources = now;
      crossing.tell(() -> open.sources(now));
    }
  }

  /**
   * Lets it do what the switches say.
   *
   * @param fetching whether it may follow others, if they say so
   * @param sure whether it is known which deed is on the disk
   */
  void permit(Deed deed, Lodger open, boolean fetching, boolean sure) {
    Switches on = deed.switches();
    boolean fetches = fetching && on.fetch() && sure && !deed.isPrimary();
    boolean replays = mayReplay(deed);
    crossing.tell(
        () -> open.permit(new SecondaryReplica.Permissions(fetches, replays, on.sync() && sure)));
  }

  /** Notes whether it may be a branch; whether that is something else than before. */
  boolean branching(boolean now) {
    boolean changed = now != branching;
    branching = now;
    return changed;
  }

  /** What of a branch is not on the disk is not put there: it would have to be synced away. */
  boolean mayReplay(Deed deed) {
    return deed.switches().replay() && !branching && !deed.isStopped();
  }
}
