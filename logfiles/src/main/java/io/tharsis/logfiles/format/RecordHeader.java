package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.util.zip.CRC32C;

/**
 * Where the fields of a record header are and how long a record is; {@code docs/formats/record.md}
 * draws it. {@link RecordWriter} fills headers, {@link RecordView} reads them.
 */
public final class RecordHeader {

  /** Bytes of a header without extension; headers, payloads and LSNs are multiples of it. */
  public static final int BYTES = 64;

  /** Most bytes a payload may have as stored. */
  public static final int MAX_PAYLOAD_BYTES = 8 << 20;

  /** Most bytes a record can take: the longest header and the longest payload. */
  public static final int MAX_RECORD_BYTES = 255 * BYTES + MAX_PAYLOAD_BYTES;

  /** "ThRc", the first four bytes of every record. */
  static final int MAGIC = 0x63526854;

  static final int AT_MAGIC = 0;
  static final int AT_CRC = 4;
  static final int AT_TYPE = 8;
  static final int AT_HEADER_UNITS = 9;
  static final int AT_FLAGS = 10;
  static final int AT_VOLUME = 12;
  static final int AT_CODEC = 14;
  static final int AT_RESERVED = 15;
  static final int AT_LSN = 16;
  static final int AT_OFFSET = 24;
  static final int AT_LENGTH = 32;
  static final int AT_HYBRID_TIME = 40;
  static final int AT_PAYLOAD_BYTES = 48;
  static final int AT_PAYLOAD_CRC = 52;
  static final int AT_DURABLE_DISTANCE = 56;
  static final int AT_EPOCH_NUMBER = 60;

  /** The durable distance that says nothing: unknown, or too far behind to be told. */
  static final int DISTANCE_UNKNOWN = 0xFFFF_FFFF;

  private RecordHeader() {}

  /** Bytes that a record with a header of 64 bytes takes on the log, padding included. */
  public static int totalBytes(int payloadBytes) {
    Invariant.check(
        0 <= payloadBytes && payloadBytes <= MAX_PAYLOAD_BYTES, "payload", payloadBytes);
    return BYTES + paddedBytes(payloadBytes);
  }

  /** The payload and the zeros after it. */
  static int paddedBytes(int payloadBytes) {
    return (payloadBytes + BYTES - 1) & -BYTES;
  }

  /**
   * The checksum of a header image: the seed stands in for the checksum field while everything from
   * there to the header's end is summed up.
   */
  static int crc(CRC32C crc, byte[] image, int headerBytes, RecordSeed seed) {
    int stored = Bits.getInt(image, AT_CRC);
    Bits.putInt(image, AT_CRC, seed.value());
    int value = Bits.crc(crc, image, AT_CRC, headerBytes);
    Bits.putInt(image, AT_CRC, stored);
    return value;
  }
}
