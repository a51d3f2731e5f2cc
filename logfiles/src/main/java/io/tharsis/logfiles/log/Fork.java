package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.seam.Invariant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Where two histories of one resource part: both have everything below.
 *
 * @param epochId the newest epoch that both have
 * @param lsn up to where both have it
 */
public record Fork(UUID epochId, long lsn) {

  private static final int SHOWN_DIGITS = 8;

  /** A fork that can be. */
  public Fork {
    Invariant.check(lsn >= 0, "fork", lsn);
  }

  /**
   * Where ours leaves theirs, if it goes beyond: theirs has begun another epoch there. Empty if, as
   * far as epochs tell, ours continues theirs, or nothing that both have is remembered.
   */
  public static Optional<Fork> between(Lineage ours, Lineage theirs) {
    for (Epoch epoch : ours.epochs().reversed()) {
      if (theirs.find(epoch.id()).isPresent()) {
        long end = Math.min(endOf(epoch, ours), endOf(epoch, theirs));
        return endOf(epoch, theirs) < Long.MAX_VALUE
            ? Optional.of(new Fork(epoch.id(), end))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** Where it ends; of the newest one that is not known. */
  private static long endOf(Epoch epoch, Lineage lineage) {
    List<Epoch> all = lineage.epochs();
    int next = all.indexOf(epoch) + 1;
    return next < all.size() ? all.get(next).parent().forkLsn() : Long.MAX_VALUE;
  }

  /** How what lies beyond it in one of the histories is called. */
  public String branchName() {
    return "branch-%s-%d".formatted(epochId.toString().substring(0, SHOWN_DIGITS), lsn);
  }
}
