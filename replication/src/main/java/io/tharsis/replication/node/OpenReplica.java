package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.Delta;
import io.tharsis.logfiles.log.LogBranches;
import io.tharsis.logfiles.log.LogSurvey;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.member.SecondaryReplica.Standing;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What is asked of a replica while it is open, over the crossing to its owner. Belongs to its
 * {@link Tenancy} and lives on the node's owner.
 */
final class OpenReplica {

  private final Supplier<Optional<Lodger>> lodger;
  private final Crossing crossing;

  OpenReplica(Supplier<Optional<Lodger>> lodger, Crossing crossing) {
    this.lodger = lodger;
    this.crossing = crossing;
  }

  /** What a member misses whose log is to begin anew at a base; empty if it cannot be told. */
  Async<Optional<Delta>> delta(Standing of, long baseLsn) {
    return lodger
        .get()
        .map(open -> crossing.ask(() -> open.delta(of, baseLsn)))
        .orElseGet(() -> Async.of(Optional.empty()));
  }

  private <T> Async<T> onOpen(Function<Lodger, Async<T>> operation) {
    return lodger
        .get()
        .map(open -> crossing.ask(() -> operation.apply(open)))
        .orElseGet(() -> Async.failed(new IOException("the replica is not open")));
  }

  /** Puts a bookmark into the log. */
  Async<Long> mark() {
    return onOpen(Lodger::mark);
  }

  /** What the disk holds at one moment. */
  Async<Blob> digest(Inquiry.Compare compare) {
    return onOpen(open -> open.digests().digest(compare));
  }

  /** No more is compared. */
  Async<Void> goOn() {
    return onOpen(open -> {
      open.digests().goOn();
      return Async.done();
    });
  }

  /** Syncs regions once more. */
  Async<Void> repair(RegionSet regions) {
    return onOpen(open -> open.repair(regions));
  }

  /** What its log has from a place on, as far as that was looked at until now. */
  Async<LogSurvey.Found> survey(long fromLsn) {
    return onOpen(open -> open.survey(fromLsn));
  }

  /** The branches that are kept, after those that were kept for longer are deleted. */
  Async<List<LogBranches.Kept>> branches(Duration longest) {
    return onOpen(open -> open.branches().look(longest));
  }

  /** Deletes a branch that is kept. */
  Async<Void> deleteBranch(String name) {
    return onOpen(open -> open.branches().delete(name));
  }

  /** Begins a new logfile. */
  Async<Boolean> rotate() {
    return onOpen(Lodger::rotate);
  }

  /** Gives back the log space that nobody needs. */
  Async<LogSpace> giveBack() {
    return onOpen(Lodger::giveBack);
  }

  /** Makes the disk ready for a larger volume; whether the replica is open, and so was made so. */
  Async<Boolean> prepareSize(long sizeBytes) {
    return lodger
        .get()
        .map(open -> crossing.ask(() -> open.prepareSize(sizeBytes)).map(done -> true))
        .orElseGet(() -> Async.of(false));
  }

  /** Makes the volume of a primary larger. */
  Async<Void> resize(long sizeBytes) {
    return onOpen(open -> open.resize(sizeBytes));
  }
}
