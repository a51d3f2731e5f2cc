package io.tharsis.replication.wire;

import io.tharsis.logfiles.seam.Invariant;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The limits of the protocol. None of them is negotiated. */
public final class Wire {

  /** Most bulk bytes in one frame, when they are not compressed. */
  public static final int MAX_BULK_BYTES = 1 << 20;

  /** Bytes of the header of a logfile. */
  public static final int HEADER_BLOCK_BYTES = 4096;

  /** Largest body of a frame: bulk, a logfile's header and what describes them. */
  public static final int MAX_BODY_BYTES = MAX_BULK_BYTES + 8192;

  /** Largest body of a frame as long as nobody knows who is talking. */
  public static final int MAX_FIRST_BODY_BYTES = 2048;

  /** Longest name of a node. */
  public static final int MAX_NAME_BYTES = 64;

  /** Longest name of a verb. */
  public static final int MAX_TITLE_BYTES = 255;

  /** Longest text for people; longer ones are cut. */
  public static final int MAX_WORDS_BYTES = 1024;

  /** Largest piece of the directory's exchange, request or answer. */
  public static final int MAX_DOCUMENT_BYTES = MAX_BULK_BYTES;

  /** Largest message of a join. */
  public static final int MAX_JOIN_BYTES = 64 << 10;

  private Wire() {}

  static int utf8Bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  static void checkName(String name) {
    int bytes = utf8Bytes(name);
    Invariant.check(0 < bytes && bytes <= MAX_TITLE_BYTES, "name", bytes);
  }

  /** The text, cut before the character that would not fit. */
  public static String cut(String text, int maxBytes) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length <= maxBytes) {
      return text;
    }
    int end = maxBytes;
    while (end > 0 && (utf8[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(Arrays.copyOf(utf8, end), StandardCharsets.UTF_8);
  }
}
