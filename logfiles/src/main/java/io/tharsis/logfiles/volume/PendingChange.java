package io.tharsis.logfiles.volume;

/**
 * A change that a volume wants in the log. It waits in the resource's queue, in order of arrival,
 * while the log has no room or writers are slowed.
 */
interface PendingChange {

  /** The operation it belongs to. */
  Operations.Operation done();

  /**
   * Appends as much of itself as the log admits now.
   *
   * @return whether nothing is left to append; if not it is asked again later
   */
  boolean append();

  /** Whether a part of it is in the log already. */
  default boolean hasBegun() {
    return false;
  }

  /** It was taken back: it will not be appended, and nobody wants to hear of it. */
  default void drop() {
    done().drop();
  }

  /** It will not be appended any more. */
  default void fail(VolumeFault fault) {
    done().failed(fault);
  }
}
