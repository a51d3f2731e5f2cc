package io.tharsis.replication.control;

import java.util.regex.Pattern;

/**
 * Something that was not done and that only an operator can put right. A value; never a bug.
 *
 * @param kind what stands in the way
 * @param code stable word for scripts and for searching the documentation, {@code like-this}
 * @param fact one sentence, without a full stop: what was refused and which fact forbids it, with
 *     node, LSN and age where there are such
 * @param advice the next command or option to try
 */
public record Refusal(Kind kind, String code, String fact, String advice) {

  private static final Pattern CODE = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

  /** What stands in the way. */
  public enum Kind {
    /** What was asked for makes no sense there, whatever the state of things. */
    USAGE,
    /** The state of the resource or the cluster forbids it. */
    FORBIDDEN,
    /** The host, or the node, does not let us, or not now. */
    HOST,
    /** It was begun, and its deadline has passed. */
    LATE
  }

  /** A code that is no code is a bug of whoever refuses. */
  public Refusal {
    if (!CODE.matcher(code).matches() || fact.isBlank() || advice.isBlank()) {
      throw new IllegalArgumentException("not a refusal: [" + code + "] " + fact + " " + advice);
    }
  }

  /** What was asked for makes no sense there. */
  public static Refusal usage(String code, String fact, String advice) {
    return new Refusal(Kind.USAGE, code, fact, advice);
  }

  /** The state of the resource or the cluster forbids it. */
  public static Refusal forbidden(String code, String fact, String advice) {
    return new Refusal(Kind.FORBIDDEN, code, fact, advice);
  }

  /** The host, or the node, does not let us, or not now. */
  public static Refusal host(String code, String fact, String advice) {
    return new Refusal(Kind.HOST, code, fact, advice);
  }

  /** It was begun, and its deadline has passed. */
  public static Refusal late(String code, String fact, String advice) {
    return new Refusal(Kind.LATE, code, fact, advice);
  }

  /** The same as something to throw. */
  public RefusedException thrown() {
    return new RefusedException(this);
  }

  @Override
  public String toString() {
    return fact + " [" + code + "]. Try: " + advice;
  }
}
