package io.tharsis.logfiles.volume;

/** Why an operation of a {@link Volume} failed, in terms an initiator can be told. */
public enum VolumeFault {
  /**
   * The disk or the log could not read this range; other ranges may be fine (MEDIUM ERROR 11/00).
   */
  READ_FAILED,
  /** The log cannot take writes any more until an operator acted (MEDIUM ERROR 0C/00). */
  LOG_STOPPED,
  /** The disk's file system has no room for this range (DATA PROTECT 27/07). */
  SPACE_EXHAUSTED,
  /** The volume is not being served: starting or closing (NOT READY 04/01). */
  NOT_READY,
  /**
   * The role of primary is being moved, or its holder cannot be reached, and the operation has
   * waited for that as long as it may: later it may be served (NOT READY 04/0A).
   */
  TRANSITIONING,
  /**
   * Nobody can serve the volume as this member is: a decision of an operator, or a peer, is missing
   * (NOT READY 04/0C).
   */
  UNAVAILABLE,
  /**
   * Whether the change was made cannot be known any more: the initiator must repeat it (ABORTED
   * COMMAND 00/00).
   */
  INTERRUPTED,
  /**
   * Nothing of it was done: another member writes the volume now, and it must be asked there. Who
   * knows the way sends it there; an initiator would be told as for {@link #TRANSITIONING}.
   */
  MOVED
}
