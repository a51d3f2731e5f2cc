package io.tharsis.replication.control;

/**
 * A verb that was not carried out: a stable code, one sentence with the facts, and what to try
 * next. For operators; never a bug.
 */
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  /** Who can do something about it. */
  public enum Kind {
    /** What was asked for makes no sense there. */
    USAGE,
    /** The host does not let us, or not now. */
    HOST
  }

  private final Kind kind;
  private final String code;
  private final String next;

  /**
   * A refusal.
   *
   * @param code stable word for scripts, {@code like-this}
   * @param sentence what was refused and which fact forbids it, without a full stop
   * @param next the next command to try
   */
  public Refusal(Kind kind, String code, String sentence, String next) {
    super(sentence);
    this.kind = kind;
    this.code = code;
    this.next = next;
  }

  /** Who can do something about it. */
  public Kind kind() {
    return kind;
  }

  /** The stable code. */
  public String code() {
    return code;
  }

  /** The next command to try. */
  public String next() {
    return next;
  }
}
