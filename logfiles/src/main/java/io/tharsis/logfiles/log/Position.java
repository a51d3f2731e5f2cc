package io.tharsis.logfiles.log;

import io.tharsis.logfiles.seam.Invariant;
import java.util.UUID;

/**
 * Where the next bytes of a log go, and what they continue. Two members that speak of the same
 * position have the same history below it, as far as epochs tell.
 *
 * @param logfileNumber the logfile that holds the byte before; 0 if nothing was received yet
 * @param lsn of the next byte
 * @param epochId the epoch that wrote the byte before; {@link #NOTHING} if nothing was received yet
 */
public record Position(long logfileNumber, long lsn, UUID epochId) {

  /** The epoch of a log that holds nothing yet. */
  public static final UUID NOTHING = new UUID(0, 0);

  /** A position that can be. */
  public Position {
    Invariant.check(logfileNumber >= 0 && lsn >= 0, "position", logfileNumber, lsn);
    Invariant.check(
        (logfileNumber == 0) == epochId.equals(NOTHING), "epoch of a position", logfileNumber);
  }

  /** The beginning of a log that is to be received from {@code lsn} on, a logfile's base. */
  public static Position start(long lsn) {
    return new Position(0, lsn, NOTHING);
  }

  /** Whether nothing was received yet: the next bytes begin a logfile. */
  public boolean isStart() {
    return logfileNumber == 0;
  }
}
