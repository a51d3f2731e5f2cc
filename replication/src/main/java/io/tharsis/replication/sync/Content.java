package io.tharsis.replication.sync;

import io.tharsis.logfiles.format.Digest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Questions about the bytes of a chunk. */
final class Content {

  private Content() {}

  /** SHA-256 of the remaining bytes. */
  static Digest digest(ByteBuffer bytes) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(bytes.duplicate());
      return Digest.of(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
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
