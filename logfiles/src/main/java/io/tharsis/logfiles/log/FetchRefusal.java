package io.tharsis.logfiles.log;

import java.io.IOException;

/**
 * Received bytes that do not count: nothing of them was kept, and the log is as it was. The message
 * names the place.
 */
public final class FetchRefusal extends IOException {
  private static final long serialVersionUID = 1L;

  /** What to do about it; stable codes. */
  public enum Code {
    /** Damaged on the way or at the source: to be fetched again, or elsewhere. */
    CORRUPT,
    /** Not where the log ends: to be fetched from {@link ReceivedLog#next}. */
    OUT_OF_PLACE,
    /** Sound, of a history that is not a continuation of this log's. */
    DIVERGED,
    /** Sound, of another resource, from a newer program, or larger than this log's logfiles. */
    NOT_OURS
  }

  private final Code code;

  /** A refusal. */
  public FetchRefusal(Code code, String message) {
    super(code + ": " + message);
    this.code = code;
  }

  /** The stable code. */
  public Code code() {
    return code;
  }
}
