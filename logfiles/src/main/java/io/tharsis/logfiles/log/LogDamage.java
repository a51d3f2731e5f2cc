package io.tharsis.logfiles.log;

import java.io.IOException;
import java.util.OptionalLong;

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

  private static final long NOWHERE = -1;

  private final Code code;
  private final long lsn;

  /** A refusal. */
  public LogDamage(Code code, String message) {
    this(code, message, NOWHERE);
  }

  /** A refusal because of one place of the log. */
  LogDamage(Code code, String message, long lsn) {
    super(code + ": " + message);
    this.code = code;
    this.lsn = lsn;
  }

  /** Where the log is damaged; empty if it is not about one place. */
  public OptionalLong lsn() {
    return lsn == NOWHERE ? OptionalLong.empty() : OptionalLong.of(lsn);
  }

  /** The stable code. */
  public Code code() {
    return code;
  }
}
