package io.tharsis.logfiles.log;

import java.io.IOException;

/**
 * A log or its checkpoint that recovery will not open: acknowledged bytes would be lost, or what is
 * found contradicts itself. Nothing has been changed. The message names the place, the loss and
 * what can be done.
 */
public final class LogDamage extends IOException {
  private static final long serialVersionUID = 1L;

  /** What kind of refusal it is; stable codes for operators and tests. */
  public enum Code {
    /** A write or sync of the log failed earlier; an operator has to clear the marker. */
    POISONED,
    /** Acknowledged log is damaged; the disk alone is an older, consistent state. */
    LOG_DAMAGED,
    /** The disk holds effects from beyond damaged log: it is not a prefix of anything. */
    INCONSISTENT,
    /** The disk is not the one the checkpoint speaks of, or an older state of it. */
    FOREIGN_DISK,
    /** The checkpoint cannot be read. */
    CHECKPOINT_DAMAGED,
    /** Written by a newer program, or of another resource. */
    NOT_OURS
  }

  private final Code code;

  /** A refusal. */
  public LogDamage(Code code, String message) {
    super(code + ": " + message);
    this.code = code;
  }

  /** The stable code. */
  public Code code() {
    return code;
  }
}
