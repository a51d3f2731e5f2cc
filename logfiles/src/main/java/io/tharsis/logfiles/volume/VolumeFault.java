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
  /** The volume is not being served: starting, closing or of another role (NOT READY 04/xx). */
  NOT_READY
}
