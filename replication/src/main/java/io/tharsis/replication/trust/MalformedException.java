package io.tharsis.replication.trust;

/** Bytes that are not what they should be; always turned into a refusal. */
final class MalformedException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedException(String what) {
    super(what);
  }

  MalformedException(String what, Throwable cause) {
    super(what, cause);
  }
}
