package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.seam.Entropy;
import java.util.Optional;

/**
 * Where a log ends that is durable up to there, and what the next epoch has to know of it.
 *
 * @param lsn the end, on a block boundary
 * @param digest chain digest at the end; {@link Digest#NONE} if damaged history hides it
 * @param hybridTime the greatest time in the log
 * @param state the newest state snapshot; empty if the log was never written
 * @param sealed whether the log was closed in order
 */
record LogEnd(
    long lsn, Digest digest, long hybridTime, Optional<StateSnapshot> state, boolean sealed) {

  static LogEnd of(Recovered recovered) {
    return new LogEnd(
        recovered.endLsn(),
        recovered.predecessor().digest(),
        recovered.hybridTime(),
        recovered.state(),
        recovered.sealed());
  }

  Lineage lineage() {
    return state.map(StateSnapshot::lineage).orElse(Lineage.NONE);
  }

  LogfileHeader.Predecessor predecessor() {
    return new LogfileHeader.Predecessor(lsn, digest);
  }

  /** The epoch that begins here, unless the one that was agreed has begun already. */
  Epoch next(Optional<Succession> succession, Entropy entropy) {
    Lineage lineage = lineage();
    Optional<Epoch> newest = lineage.newest();
    if (newest.isEmpty()) {
      return Epoch.first(entropy.nextUuid(), lsn);
    }
    return succession
        .filter(it -> !it.hasBegun(lineage))
        .map(it -> it.after(newest.get(), lsn))
        .orElseGet(() ->
            newest
                .get()
                .next(entropy.nextUuid(), sealed ? Epoch.Kind.RESTART : Epoch.Kind.RECOVERY, lsn));
  }
}
