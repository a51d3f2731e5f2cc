package io.tharsis.replication.node;

/** An oracle has spoken, not the test itself. */
final class Violation extends AssertionError {

  private static final long serialVersionUID = 1L;

  Violation(String words) {
    super(words);
  }

  /** Whether a failure comes from an oracle, however deep. */
  static boolean isIn(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Violation) {
        return true;
      }
    }
    return false;
  }
}
