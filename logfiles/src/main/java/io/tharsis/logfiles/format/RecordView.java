package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A cursor over the records in a buffer, without garbage. Owned by one reader and moved from record
 * to record with {@link #decode}; the header's fields are copied out and stay valid until the next
 * one, whatever becomes of the buffer.
 */
public final class RecordView {

  private final CRC32C crc = new CRC32C();
  private byte[] image = new byte[RecordHeader.BYTES];
  private boolean sound;

  /**
   * Reads the header at index {@code at}, as far as the limit of {@code from}; the body needs not
   * be there. The fields may be asked for after {@link RecordVerdict#OK}; after any later verdict
   * than the header's own (WRONG_LSN and the UNKNOWN ones) they are readable too.
   *
   * @param seed of the logfile the bytes come from
   * @param expectedLsn what the record has to say about its own place
   */
  public RecordVerdict decode(RecordSeed seed, ByteBuffer from, int at, long expectedLsn) {
    sound = false;
    int available = from.limit() - at;
    if (at < 0 || available < RecordHeader.BYTES) {
      return RecordVerdict.TRUNCATED;
    }
    from.get(at, image, 0, RecordHeader.BYTES);
    if (Bits.getInt(image, RecordHeader.AT_MAGIC) != RecordHeader.MAGIC) {
      return RecordVerdict.NOT_A_RECORD;
    }
    int headerBytes = headerBytes();
    if (headerBytes == 0) {
      return RecordVerdict.HEADER_CORRUPT;
    }
    if (headerBytes > available) {
      return RecordVerdict.TRUNCATED;
    }
    if (headerBytes > image.length) {
      image = new byte[255 * RecordHeader.BYTES];
    }
    if (headerBytes > RecordHeader.BYTES) {
      from.get(at, image, 0, headerBytes);
    }
    if (RecordHeader.crc(crc, image, headerBytes, seed)
        != Bits.getInt(image, RecordHeader.AT_CRC)) {
      return RecordVerdict.HEADER_CORRUPT;
    }
    sound = true;
    return lsn() == expectedLsn ? understand() : RecordVerdict.WRONG_LSN;
  }

  /** What a header without damage says to this version of the program. */
  private RecordVerdict understand() {
    int payloadBytes = payloadBytes();
    if (payloadBytes < 0
        || payloadBytes > RecordHeader.MAX_PAYLOAD_BYTES
        || lsn() < 0
        || lsn() % RecordHeader.BYTES != 0) {
      return RecordVerdict.BAD_LENGTH;
    }
    if (!RecordType.isKnown(typeCode())) {
      return RecordVerdict.UNKNOWN_TYPE;
    }
    if ((flags() & ~RecordFlags.KNOWN) != 0 || image[RecordHeader.AT_RESERVED] != 0) {
      return RecordVerdict.UNKNOWN_FLAG;
    }
    if (codecCode() != Codec.PLAIN.code()) {
      return RecordVerdict.UNREADABLE_CODEC;
    }
    boolean extentPossible =
        offset() >= 0 && lengthBytes() >= 0 && offset() <= Long.MAX_VALUE - lengthBytes();
    return extentPossible && type().fits(payloadBytes, lengthBytes(), Codec.PLAIN)
        ? RecordVerdict.OK
        : RecordVerdict.BAD_LENGTH;
  }

  /**
   * Checks the payload and the zeros behind it against the header decoded last.
   *
   * @param from where the record is
   * @param at index of the record (not of its body)
   * @return OK, TRUNCATED or BODY_CORRUPT
   */
  public RecordVerdict checkBody(ByteBuffer from, int at) {
    int body = at + headerBytes();
    int payloadBytes = payloadBytes();
    int padded = RecordHeader.paddedBytes(payloadBytes);
    if (at < 0
        || payloadBytes < 0
        || payloadBytes > RecordHeader.MAX_PAYLOAD_BYTES
        || padded > from.limit() - body) {
      return RecordVerdict.TRUNCATED;
    }
    int found = padded == 0 ? 0 : Bits.crc(crc, from, body, body + padded);
    return found == Bits.getInt(checked(), RecordHeader.AT_PAYLOAD_CRC)
        ? RecordVerdict.OK
        : RecordVerdict.BODY_CORRUPT;
  }

  /** The stored payload of the record at index {@code at}, a view of {@code from}. */
  public ByteBuffer payload(ByteBuffer from, int at) {
    return from.slice(at + headerBytes(), payloadBytes()).order(from.order());
  }

  /** What the record does; only where the verdict was not UNKNOWN_TYPE. */
  public RecordType type() {
    Invariant.check(RecordType.isKnown(typeCode()), "record type", typeCode());
    return RecordType.of(typeCode());
  }

  /** The type as it is on the log, known or not. */
  public int typeCode() {
    return checked()[RecordHeader.AT_TYPE] & 0xFF;
  }

  /** The codec as it is on the log, known or not. */
  public int codecCode() {
    return checked()[RecordHeader.AT_CODEC] & 0xFF;
  }

  /** Bits of {@link RecordFlags}. */
  public int flags() {
    return Bits.getUnsignedShort(checked(), RecordHeader.AT_FLAGS);
  }

  /** Whether the initiator forced unit access. */
  public boolean isForceUnitAccess() {
    return (flags() & RecordFlags.FUA) != 0;
  }

  /** Whether this record and the next take effect together or not at all. */
  public boolean isAtomicWithNext() {
    return (flags() & RecordFlags.ATOMIC_WITH_NEXT) != 0;
  }

  /** Whether a reader that does not know the type may pass over the record. */
  public boolean isSkippable() {
    return (flags() & RecordFlags.SKIPPABLE) != 0;
  }

  /** Number of the volume within its resource. */
  public int volume() {
    return Bits.getUnsignedShort(checked(), RecordHeader.AT_VOLUME);
  }

  /** Where the record says it is. */
  public long lsn() {
    return Bits.getLong(checked(), RecordHeader.AT_LSN);
  }

  /** First byte of the extent on the volume. */
  public long offset() {
    return Bits.getLong(checked(), RecordHeader.AT_OFFSET);
  }

  /** Bytes of the extent on the volume. */
  public long lengthBytes() {
    return Bits.getLong(checked(), RecordHeader.AT_LENGTH);
  }

  /** When it was written, see {@link HybridClock}. */
  public long hybridTime() {
    return Bits.getLong(checked(), RecordHeader.AT_HYBRID_TIME);
  }

  /** Stored bytes of the payload. */
  public int payloadBytes() {
    return Bits.getInt(checked(), RecordHeader.AT_PAYLOAD_BYTES);
  }

  /** Number of the epoch it was written in. */
  public long epochNumber() {
    return Bits.getUnsignedInt(checked(), RecordHeader.AT_EPOCH_NUMBER);
  }

  /**
   * The LSN below which the writer knew the log durable when it wrote this; 0 if it does not say.
   */
  public long durableLsn() {
    int distance = Bits.getInt(checked(), RecordHeader.AT_DURABLE_DISTANCE);
    if (distance == RecordHeader.DISTANCE_UNKNOWN) {
      return 0;
    }
    return Math.max(0, lsn() - Integer.toUnsignedLong(distance) * RecordHeader.BYTES);
  }

  /** Bytes of the header, 64 unless it is extended. */
  public int headerBytes() {
    return (image[RecordHeader.AT_HEADER_UNITS] & 0xFF) * RecordHeader.BYTES;
  }

  /** Bytes the record takes on the log, a multiple of 64; the next one is that much further on. */
  public int totalBytes() {
    return headerBytes() + RecordHeader.paddedBytes(payloadBytes());
  }

  /** The header's bytes; the first {@link #headerBytes} of them count. */
  byte[] image() {
    return checked();
  }

  private byte[] checked() {
    Invariant.check(sound, "no sound record header was decoded");
    return image;
  }
}
