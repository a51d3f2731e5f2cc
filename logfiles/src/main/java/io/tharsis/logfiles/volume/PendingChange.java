package io.tharsis.logfiles.volume;

/**
 * A change that a volume wants in the log. It waits in the resource's queue, in order of arrival,
 * while the log has no room or writers are slowed.
 */
interface PendingChange {

  /**
   * Appends as much of itself as the log admits now.
   *
   * @return whether nothing is left to append; if not it is asked again later
   */
  boolean append();

  /** Whether a part of it is in the log already. */
  boolean hasBegun();

  /** It was taken back: it will not be appended, and nobody wants to hear of it. */
  void drop();

  /** It will not be appended any more. */
  void fail(VolumeFault fault);
}
