package io.tharsis.replication.sync;

import io.tharsis.logfiles.format.Digest;
import java.nio.ByteBuffer;

/** Questions about the bytes of a chunk. */
final class Content {

  private Content() {}

  /** SHA-256 of the remaining bytes. */
  static Digest digest(ByteBuffer bytes) {
    return Digest.sha256(bytes);
  }

  /** Whether the remaining bytes are all zero. */
  static boolean isZero(ByteBuffer bytes) {
    ByteBuffer rest = bytes.duplicate();
    while (rest.remaining() >= Long.BYTES) {
      if (rest.getLong() != 0) {
        return false;
      }
    }
    while (rest.hasRemaining()) {
      if (rest.get() != 0) {
        return false;
      }
    }
    return true;
  }
}
