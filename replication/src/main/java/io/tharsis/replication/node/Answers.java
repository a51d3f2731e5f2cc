package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.seam.Async;
import java.io.IOException;

/** Reads what other nodes answer. */
final class Answers {

  private Answers() {}

  /** Whether the one byte of an answer says so. */
  static boolean isYes(Blob body) {
    byte[] bytes = body.toByteArray();
    return bytes.length > 0 && bytes[0] != 0;
  }

  /** What the primary says to a new member. */
  static Async<Inquiry.Admitted> admitted(Blob body) {
    try {
      return Async.of(Inquiry.Admitted.decode(body));
    } catch (FormatException malformed) {
      return Async.failed(new IOException("the primary's answer is not understood", malformed));
    }
  }
}
