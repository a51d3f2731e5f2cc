package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.seam.Async;
import java.io.IOException;

/**
 * A place in the log where the Applier stands still, so that the disks are one moment exactly.
 * Belongs to the Applier.
 */
final class Standstill {

  private final Async<Long> standing = new Async<>();
  private long lsn;

  /**
   * @param lsn where the disks are to stand; less than where a run under way ends means there
   */
  Standstill(long lsn) {
    this.lsn = lsn;
  }

  /** Runs may not go beyond. */
  long lsn() {
    return lsn;
  }

  /** Succeeds with the place when the disks are there. */
  Async<Long> standing() {
    return standing;
  }

  /** No run is under way, and the disks are at a place of the log. */
  void reached(long checkpoint) {
    if (checkpoint >= lsn && !standing.isDone()) {
      lsn = checkpoint;
      standing.succeed(checkpoint);
    }
  }

  void refuse(IOException cause) {
    if (!standing.isDone()) {
      standing.fail(cause);
    }
  }
}
