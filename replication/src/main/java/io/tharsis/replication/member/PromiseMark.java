package io.tharsis.replication.member;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A bookmark in the log that says what GOOD promises from there on, beside that a change is durable
 * at the primary. Its layout is drawn in docs/formats/promise.md.
 *
 * @param kind what is so from here on
 * @param wallMillis when, in milliseconds since 1970-01-01 UTC
 * @param promisedLsn what ends below was answered, or may be, with the promise kept
 */
record PromiseMark(Kind kind, long wallMillis, long promisedLsn) {

  /** What GOOD promises from a bookmark on. */
  enum Kind {
    /** The promise is not kept, because of members that are missed: writes are answered as ever. */
    DEGRADED(1),
    /** The promise is kept again. */
    KEPT(2),
    /** It was taken back while it was not kept. */
    RELEASED(3);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    private static Optional<Kind> of(int code) {
      return Stream.of(values()).filter(kind -> kind.code == code).findFirst();
    }
  }

  /** Bytes of a payload. */
  static final int BYTES = 24;

  /** "PROM", to tell it from bookmarks that others put. */
  private static final int MAGIC = 0x4D4F5250;

  private static final int AT_KIND = 4;
  private static final int AT_WALL = 8;
  private static final int AT_PROMISED = 16;

  /** A place in the log. */
  PromiseMark {
    Invariant.check(promisedLsn >= 0, "promised LSN", promisedLsn);
  }

  /** The payload of the record. */
  ByteBuffer encode() {
    ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0, MAGIC);
    bytes.putInt(AT_KIND, kind.code);
    bytes.putLong(AT_WALL, wallMillis);
    return bytes.putLong(AT_PROMISED, promisedLsn);
  }

  /** Reads the payload of a bookmark; empty if it says something else. */
  static Optional<PromiseMark> decode(ByteBuffer payload) throws FormatException {
    ByteBuffer bytes = payload.slice().order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.remaining() < BYTES || bytes.getInt(0) != MAGIC) {
      return Optional.empty();
    }
    int code = bytes.getInt(AT_KIND);
    Kind kind =
        Kind.of(code).orElseThrow(() -> new FormatException(AT_KIND, "promise of kind " + code));
    if (bytes.getLong(AT_PROMISED) < 0) {
      throw new FormatException(AT_PROMISED, "promised LSN " + bytes.getLong(AT_PROMISED));
    }
    return Optional.of(new PromiseMark(kind, bytes.getLong(AT_WALL), bytes.getLong(AT_PROMISED)));
  }
}
