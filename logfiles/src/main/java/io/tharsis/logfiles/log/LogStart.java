package io.tharsis.logfiles.log;

import io.tharsis.logfiles.seam.Invariant;
import java.util.UUID;

/**
 * Where a new member's log of a resource begins.
 *
 * @param resourceId the resource, whose log another member has
 * @param baseLsn base of one of that member's logfiles; the checkpoint is there too
 */
public record LogStart(UUID resourceId, long baseLsn) {

  /** A start that can be. */
  public LogStart {
    Invariant.check(baseLsn >= 0 && baseLsn % LogLimits.BLOCK_BYTES == 0, "base LSN", baseLsn);
  }
}
