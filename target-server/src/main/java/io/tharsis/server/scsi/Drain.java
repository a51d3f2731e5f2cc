package io.tharsis.server.scsi;

import io.tharsis.logfiles.seam.Owner;

/**
 * Waits until every task that was aborted on one occasion has no effect any more, then posts a
 * message. Holds itself open until {@link #close}, so that tasks may end while it is being filled.
 */
final class Drain {

  private final Owner owner;
  private final Runnable done;
  private int open = 1;

  Drain(Owner owner, Runnable done) {
    this.owner = owner;
    this.done = done;
  }

  /** One more task to wait for. */
  void opened() {
    open++;
  }

  /** A task has gone, or (once) everything to wait for is known. */
  void close() {
    open--;
    if (open == 0) {
      owner.execute(done);
    }
  }
}
