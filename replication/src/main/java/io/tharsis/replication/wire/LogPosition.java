package io.tharsis.replication.wire;

import io.tharsis.logfiles.seam.Invariant;
import java.util.UUID;

/**
 * A place in the log of a resource.
 *
 * @param fileNumber of the logfile, from 1
 * @param lsn at or above the base LSN of that logfile
 * @param epochId of the epoch whose branch is meant
 */
public record LogPosition(long fileNumber, long lsn, UUID epochId) {

  /** A place that can be. */
  public LogPosition {
    Invariant.check(fileNumber > 0 && lsn >= 0, "log position", fileNumber, lsn);
  }
}
