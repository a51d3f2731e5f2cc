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

  /** How an answer is read. */
  interface Reading<T> {
    T of(Blob body) throws FormatException;
  }

  /** What an answer says. */
  static <T> Async<T> read(Blob body, Reading<T> reading) {
    try {
      return Async.of(reading.of(body));
    } catch (FormatException malformed) {
      return Async.failed(new IOException("the answer is not understood", malformed));
    }
  }
}
