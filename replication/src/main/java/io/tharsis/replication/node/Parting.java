package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.log.Fork;
import io.tharsis.replication.directory.EpochRef;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Whether a replica's log parts with that of the primary, as far as the directory tells. */
sealed interface Parting {

  /** The primary has not said enough of its epochs. */
  record Unknown() implements Parting {}

  /** All that is here is a part of the primary's log, or continues it. */
  record None() implements Parting {}

  /** The primary's log has gone on differently there; what is here beyond is a branch. */
  record At(Fork fork) implements Parting {}

  /**
   * Looks at a replica.
   *
   * @param theirs the epochs of the primary's log, if they are known
   */
  static Parting of(Report seen, Optional<Lineage> theirs) {
    Optional<Epoch> newest = seen.lineage().newest();
    if (newest.isEmpty()) {
      return new None();
    }
    if (theirs.isEmpty() || !meet(seen.lineage(), theirs.get())) {
      return new Unknown();
    }
    long durable =
        seen.sync().stage().map(stage -> stage.log().durable()).orElse(seen.marks().durable());
    UUID last = newest.get().id();
    return Fork.between(seen.lineage(), theirs.get())
        .filter(fork -> durable > fork.lsn() || !last.equals(fork.epochId()))
        .<Parting>map(At::new)
        .orElseGet(None::new);
  }

  private static boolean meet(Lineage ours, Lineage theirs) {
    return ours.epochs().stream().anyMatch(epoch -> theirs.find(epoch.id()).isPresent());
  }

  /**
   * Whether a member that says only how far its log goes has a branch for sure.
   *
   * @param newest its newest epoch
   * @param durableLsn where its log ends
   * @param theirs the epochs of the primary's log, not empty
   */
  static boolean isBranch(EpochRef newest, long durableLsn, Lineage theirs) {
    List<Epoch> epochs = theirs.epochs();
    for (Epoch next : epochs) {
      if (next.parent().id().equals(newest.id())) {
        return durableLsn > next.parent().forkLsn();
      }
    }
    // one before all of these may be theirs, and one of a greater number may continue theirs
    return !epochs.getLast().id().equals(newest.id())
        && newest.number() >= epochs.getFirst().number()
        && newest.number() <= epochs.getLast().number();
  }

  /** Where; empty if it does not, or that is not known. */
  default Optional<Fork> where() {
    return switch (this) {
      case At(Fork fork) -> Optional.of(fork);
      case None(), Unknown() -> Optional.empty();
    };
  }
}
