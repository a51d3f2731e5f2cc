package io.tharsis.server.scsi;

import io.tharsis.logfiles.seam.Async;

/** The ports of the same logical units at other nodes. Asked on the resource's owner. */
@FunctionalInterface
public interface OtherPorts {

  /** There are none. */
  OtherPorts NONE = volume -> Async.done();

  /**
   * Has a unit reset there too (SAM-5 6.3.3). Succeeds when no command that came through them can
   * have an effect any more; fails if they cannot be told.
   */
  Async<Void> reset(int volumeNumber);
}
