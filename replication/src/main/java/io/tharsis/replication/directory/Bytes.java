package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * What the formats of the directory share beyond {@link Scratch}: texts, digests, whole results.
 */
public final class Bytes {

  private Bytes() {}

  /** All that was put. */
  public static Blob of(Scratch scratch) {
    byte[] bytes = new byte[scratch.sizeBytes()];
    scratch.copyTo(ByteBuffer.wrap(bytes), 0);
    return Blob.of(bytes);
  }

  static Digest digest(Blob bytes) {
    return Digest.sha256(ByteBuffer.wrap(bytes.toByteArray()));
  }

  static int utf8Bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** UTF-8 behind its length, a u16. */
  public static void putText(Scratch into, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    Invariant.check(utf8.length <= 0xFFFF, "text", utf8.length);
    into.putShort(utf8.length).putBytes(utf8);
  }

  /** Takes what {@link #putText} has put. */
  public static String takeText(Scratch from, int maxBytes) throws FormatException {
    int at = from.position();
    int length = from.takeShort();
    if (length > maxBytes) {
      throw new FormatException(at, "text of " + length + " bytes where " + maxBytes + " fit");
    }
    try {
      ByteBuffer utf8 = ByteBuffer.wrap(from.takeBytes(length));
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      FormatException malformed = new FormatException(at, "text that is not UTF-8");
      malformed.initCause(e);
      throw malformed;
    }
  }
}
