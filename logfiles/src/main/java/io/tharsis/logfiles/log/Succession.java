package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.seam.Invariant;
import java.util.UUID;

/**
 * How a log comes to be written here that another member has written: as was agreed with that one,
 * or decided by an operator. What was agreed is one epoch, with an id by which others know it; who
 * crashes before that has begun begins it at the next opening, and who crashes later goes on as
 * after any crash.
 *
 * <p>That the id may be used twice, when nothing of the first attempt has become durable, makes no
 * stale record valid: an epoch begins with one durable write, of a header and a state snapshot, and
 * nothing follows before that has succeeded.
 *
 * @param kind {@link Epoch.Kind#HANDOVER} or {@link Epoch.Kind#FORCED}
 * @param epochId id of the epoch
 * @param newerThan the greatest number of an epoch of the resource that anybody is known to have
 */
public record Succession(Epoch.Kind kind, UUID epochId, long newerThan) {

  /** A succession that makes sense by itself. */
  public Succession {
    Invariant.check(
        kind == Epoch.Kind.HANDOVER || kind == Epoch.Kind.FORCED, "kind of a succession", kind);
    Invariant.check(0 <= newerThan && newerThan < 0xFFFF_FFFFL, "epoch number", newerThan);
  }

  /** Whether the epoch has begun in a log that went through these. */
  public boolean hasBegun(Lineage lineage) {
    return lineage.find(epochId).isPresent();
  }

  /** The epoch, continuing this one at {@code lsn}. */
  Epoch after(Epoch newest, long lsn) {
    return newest.next(epochId, kind, lsn, newerThan);
  }
}
