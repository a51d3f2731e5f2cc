package io.tharsis.replication.sync;

import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.seam.Invariant;
import java.time.Duration;

/**
 * What a sync may take.
 *
 * @param chunkBytes asked for at a time; a multiple of a region
 * @param window chunks that are under way at once
 * @param answer how long a source has for a chunk; meanwhile its region is not replayed
 * @param pause the wait after a failure
 */
public record SyncLimits(int chunkBytes, int window, Duration answer, Duration pause) {

  /** What a node uses unless it is told otherwise. */
  public static final SyncLimits STANDARD =
      new SyncLimits(RegionSet.REGION_BYTES, 16, Duration.ofSeconds(10), Duration.ofSeconds(1));

  /** Limits that can be. */
  public SyncLimits {
    Invariant.check(
        chunkBytes > 0 && chunkBytes % RegionSet.REGION_BYTES == 0 && window > 0,
        "sync limits",
        chunkBytes,
        window);
  }
}
