package io.tharsis.replication.remote;

/** An oracle has spoken, not the test itself. */
final class RemoteViolation extends AssertionError {
  private static final long serialVersionUID = 1L;

  RemoteViolation(String words) {
    super(words);
  }
}
