package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;

/**
 * The deed that a replica goes by, and whether the one on the disk may say more of roles: a write
 * of it has failed. Until one has succeeded this node follows nobody and takes or gives no role,
 * lest a crash bring something back that the log has gone past. Belongs to a {@link Tenancy} and
 * lives on the node's owner; it is changed within a turn.
 */
final class DeedInForce {

  private final Deeds deeds;
  private final Runnable turned;
  private Deed deed;
  private boolean unsure;

  /**
   * @param deed durable
   * @param turned called whenever something else is permitted than before
   */
  DeedInForce(Deed deed, Deeds deeds, Runnable turned) {
    this.deed = deed;
    this.deeds = deeds;
    this.turned = turned;
  }

  Deed now() {
    return deed;
  }

  boolean isUnsure() {
    return unsure;
  }

  /** The next one is in force as soon as it is durable; fails if that is not known to be so. */
  Async<Void> put(Deed next) {
    if (next.equals(deed)) {
      return Async.done();
    }
    boolean turns = next.role() != deed.role() || !next.transfer().equals(deed.transfer());
    return deeds
        .put(next)
        .map(done -> {
          boolean other = turns || unsure || !next.switches().equals(deed.switches());
          deed = next;
          unsure = false;
          if (other) {
            turned.run();
          }
          return (Void) null;
        })
        .orElse(cause -> {
          if (turns) {
            unsure = true;
            turned.run();
          }
          return Async.failed(cause);
        });
  }

  /** Writes the one in force once more; it is known to be on the disk then. */
  Async<Void> again() {
    return deeds
        .put(deed)
        .map(done -> {
          unsure = false;
          turned.run();
          return null;
        });
  }

  /** Whether it has a file that can be relied on. */
  boolean isKept() {
    return deeds.keeps(deed.name());
  }

  /** Removes it from the disk. */
  Async<Void> remove() {
    return deeds.remove(deed.name());
  }
}
