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

  /** It will not be appended any more. */
  void fail(VolumeFault fault);
}
