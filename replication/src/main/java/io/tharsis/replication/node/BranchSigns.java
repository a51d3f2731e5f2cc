package io.tharsis.replication.node;

import io.tharsis.logfiles.log.Fork;
import java.util.Optional;

/**
 * What tells whether a replica has a branch, something that the primary does not have: its deed,
 * its log, and what the directory says of the primary's. Belongs to a {@link Tenancy} and lives on
 * the node's owner.
 */
final class BranchSigns {

  /** Of a former primary. */
  static final String WAS_PRIMARY =
      " was the primary, and what it has may not be what the next one has";

  private final Ousting ousting;
  private final ResourceTeller resources;
  private final Facts facts;

  BranchSigns(Surroundings around, Ousting ousting) {
    this.ousting = ousting;
    this.resources = new ResourceTeller(around);
    this.facts = new Facts(around);
  }

  /** Whether its log is a part of the primary's. */
  Parting parting(Deed deed, Report seen) {
    return deed.isPrimary() && !ousting.isOver(deed, seen)
        ? new Parting.None()
        : Parting.of(seen, resources.lineage(deed.resource()));
  }

  /** Whether it has none for sure: its log is a part of the primary's, or goes on in its epoch. */
  boolean isNone(Deed deed, Report seen) {
    return parting(deed, seen) instanceof Parting.None
        || resources
            .newest(deed.resource())
            .filter(shown -> seen.epochs().contains(shown.version().epoch()))
            .isPresent();
  }

  /** What a former primary has beyond the next one's log is an operator's to give up. */
  boolean mayBe(Deed deed, Optional<Report> seen) {
    return switch (seen.map(now -> parting(deed, now)).orElseGet(Parting.Unknown::new)) {
      case Parting.At _ -> true;
      case Parting.None _ -> false;
      case Parting.Unknown _ -> deed.isStopped();
    };
  }

  /** What is to be shown of that; empty if there is nothing. */
  Optional<Report.Problem> remark(Deed deed, Optional<Report> seen) {
    Optional<Fork> fork = seen.flatMap(now -> parting(deed, now).where());
    if (fork.isPresent()) {
      String words =
          "%s has gone on differently at LSN %d"
              .formatted(
                  resources.primaryOf(deed.resource()).map(facts::nameOf).orElse("the primary"),
                  fork.get().lsn());
      return Optional.of(new Report.Problem(Faults.BRANCH, words));
    }
    return mayBe(deed, seen)
        ? Optional.of(new Report.Problem(Faults.BRANCH, "it" + WAS_PRIMARY))
        : Optional.empty();
  }
}
