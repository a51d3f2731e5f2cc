package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.log.Fork;
import io.tharsis.logfiles.log.LogBranches;
import io.tharsis.logfiles.log.LogSurvey;
import io.tharsis.logfiles.seam.Async;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Looks what a replica has that the other side of a split has not, and which branches are kept of
 * splits that are over; deletes those in time. Belongs to a {@link Tenancy} and lives on the node's
 * owner.
 */
final class SplitWatch {

  /** How many looks pass before branches are looked at again. */
  private static final int LOOKS = 60;

  private final Surroundings around;
  private final ResourceTeller resources;
  private final OpenReplica replica;
  private BranchTelling seen = BranchTelling.NONE;
  private int looks;

  SplitWatch(Surroundings around, OpenReplica replica) {
    this.around = around;
    this.resources = new ResourceTeller(around);
    this.replica = replica;
  }

  /** What was seen when it was last looked at. */
  BranchTelling seen() {
    return seen;
  }

  /** Another replica is open than before, or something was kept: nothing of it is known. */
  void forget() {
    seen = BranchTelling.NONE;
    looks = 0;
  }

  /** Looks at an open replica; what cannot be looked at stays as it was. */
  Async<Void> look(Deed deed, Report now, Parting parting) {
    Optional<Fork> fork = deed.isPrimary() ? parted(deed, now) : parting.where();
    return loss(fork, now)
        .then(loss -> {
          seen = new BranchTelling(loss, seen.kept());
          return looks++ % LOOKS == 0 ? lookAtKept(deed) : Async.done();
        })
        .orElse(unread -> Async.done());
  }

  private Async<Optional<BranchTelling.Loss>> loss(Optional<Fork> fork, Report now) {
    return fork.isEmpty()
        ? Async.of(Optional.empty())
        : replica.survey(fork.get().lsn()).map(found -> Optional.of(loss(fork.get(), now, found)));
  }

  /** What there is beyond a fork. */
  static BranchTelling.Loss loss(Fork fork, Report now, LogSurvey.Found found) {
    long durable = Math.max(fork.lsn(), Math.max(found.toLsn(), now.marks().durable()));
    return new BranchTelling.Loss(
        fork, durable - fork.lsn(), found.firstMillis(), found.lastMillis(), found.touchedBytes());
  }

  /** At the primary: the oldest place where somebody who has a branch has left its log. */
  private Optional<Fork> parted(Deed deed, Report now) {
    Lineage ours = now.lineage();
    return resources.otherMembers(deed.resource()).stream()
        .flatMap(node -> told(deed.resource(), node))
        .map(BranchTelling.Loss::fork)
        .filter(fork -> ours.find(fork.epochId()).isPresent())
        .filter(fork -> fork.lsn() < now.marks().durable())
        .min(Comparator.comparingLong(Fork::lsn));
  }

  private Stream<BranchTelling.Loss> told(UUID resource, UUID node) {
    return around.directory().view().replica(resource, node).stream()
        .filter(shown ->
            shown.content().errors().stream().anyMatch(error -> error.code().equals(Faults.BRANCH)))
        .flatMap(shown -> BranchTelling.of(shown.content()).loss().stream());
  }

  private Async<Void> lookAtKept(Deed deed) {
    Duration longest = resources.keepBranches(deed.resource());
    return replica
        .branches(longest)
        .map(all -> {
          seen = new BranchTelling(seen.loss(), told(all));
          return null;
        });
  }

  private static List<BranchTelling.Kept> told(List<LogBranches.Kept> all) {
    return all.stream()
        .sorted(Comparator.comparingLong(one -> one.note().keptMillis()))
        .map(one ->
            new BranchTelling.Kept(
                one.name(),
                one.note().epochNumber(),
                one.note().epochId(),
                one.note().fromLsn(),
                one.note().toLsn(),
                one.bytes(),
                one.note().keptMillis()))
        .toList();
  }
}
