package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Writes the records of one logfile into buffers, without garbage. Owned by whoever appends to that
 * logfile and reused for every record: {@link #begin}, whatever else the record says, then one of
 * the two methods that write it.
 *
 * <pre>{@code
 * int bytes = writer.begin(RecordType.WRITE, lsn)
 *     .extent(volume, offset, data.remaining())
 *     .stamp(hybridTime, durableLsn)
 *     .write(batch, at, data);
 * }</pre>
 */
public final class RecordWriter {

  private final RecordSeed seed;
  private final int epochNumber;
  private final byte[] image = new byte[RecordHeader.BYTES];
  private final CRC32C crc = new CRC32C();
  private RecordType type = RecordType.PAD;
  private long lsn;
  private long extentBytes;
  private int totalBytes;

  /**
   * A writer for one logfile.
   *
   * @param epochNumber number of the epoch the logfile belongs to, an unsigned 32-bit value
   */
  public RecordWriter(RecordSeed seed, long epochNumber) {
    Invariant.check(0 <= epochNumber && epochNumber <= 0xFFFF_FFFFL, "epoch number", epochNumber);
    this.seed = seed;
    this.epochNumber = (int) epochNumber;
  }

  /** Starts a record: no flags, no extent, time 0, durable LSN unknown. */
  public RecordWriter begin(RecordType recordType, long recordLsn) {
    Invariant.check(recordLsn >= 0 && recordLsn % RecordHeader.BYTES == 0, "LSN", recordLsn);
    type = recordType;
    lsn = recordLsn;
    totalBytes = 0;
    Bits.putInt(image, RecordHeader.AT_MAGIC, RecordHeader.MAGIC);
    image[RecordHeader.AT_TYPE] = (byte) recordType.code();
    image[RecordHeader.AT_HEADER_UNITS] = 1;
    image[RecordHeader.AT_CODEC] = (byte) Codec.PLAIN.code();
    image[RecordHeader.AT_RESERVED] = 0;
    Bits.putLong(image, RecordHeader.AT_LSN, recordLsn);
    Bits.putLong(image, RecordHeader.AT_HYBRID_TIME, 0);
    Bits.putInt(image, RecordHeader.AT_DURABLE_DISTANCE, RecordHeader.DISTANCE_UNKNOWN);
    Bits.putInt(image, RecordHeader.AT_EPOCH_NUMBER, epochNumber);
    return flags(0).extent(0, 0, 0);
  }

  /** The bits of {@link RecordFlags} that hold. */
  public RecordWriter flags(int flags) {
    Invariant.check((flags & ~RecordFlags.KNOWN) == 0, "record flags", flags);
    Bits.putShort(image, RecordHeader.AT_FLAGS, flags);
    return this;
  }

  /** The bytes {@code [offset, offset + lengthBytes)} of the volume that the record is about. */
  public RecordWriter extent(int volume, long offset, long lengthBytes) {
    Invariant.check(0 <= volume && volume <= 0xFFFF, "volume", volume);
    Invariant.check(
        offset >= 0 && lengthBytes >= 0 && offset <= Long.MAX_VALUE - lengthBytes,
        "extent",
        offset,
        lengthBytes);
    extentBytes = lengthBytes;
    Bits.putShort(image, RecordHeader.AT_VOLUME, volume);
    Bits.putLong(image, RecordHeader.AT_OFFSET, offset);
    Bits.putLong(image, RecordHeader.AT_LENGTH, lengthBytes);
    return this;
  }

  /**
   * When the record is written, and up to where the log is known to be durable then.
   *
   * @param hybridTime see {@link HybridClock}
   * @param durableLsn at most the record's own LSN
   */
  public RecordWriter stamp(long hybridTime, long durableLsn) {
    Invariant.check(
        0 <= durableLsn && durableLsn <= lsn && durableLsn % RecordHeader.BYTES == 0,
        "durable LSN above record",
        durableLsn,
        lsn);
    long distance = Math.min((lsn - durableLsn) / RecordHeader.BYTES, 0xFFFF_FFFFL);
    Bits.putLong(image, RecordHeader.AT_HYBRID_TIME, hybridTime);
    Bits.putInt(image, RecordHeader.AT_DURABLE_DISTANCE, (int) distance);
    return this;
  }

  /**
   * Copies the remaining bytes of {@code payload} (its position is left) behind the header and
   * writes the record at index {@code at}.
   *
   * @return bytes the record takes, a multiple of 64
   */
  public int write(ByteBuffer into, int at, ByteBuffer payload) {
    into.put(at + RecordHeader.BYTES, payload, payload.position(), payload.remaining());
    return writeInPlace(into, at, payload.remaining());
  }

  /**
   * Writes the record at index {@code at}; its payload is there already, 64 bytes further on. The
   * zeros behind the payload are written here.
   *
   * @return bytes the record takes, a multiple of 64
   */
  public int writeInPlace(ByteBuffer into, int at, int payloadBytes) {
    totalBytes = RecordHeader.totalBytes(payloadBytes);
    Invariant.check(
        type.fits(payloadBytes, extentBytes, Codec.PLAIN),
        "record lengths",
        payloadBytes,
        extentBytes);
    int body = at + RecordHeader.BYTES;
    for (int i = body + payloadBytes; i < at + totalBytes; i++) {
      into.put(i, (byte) 0);
    }
    Bits.putInt(image, RecordHeader.AT_PAYLOAD_BYTES, payloadBytes);
    Bits.putInt(
        image,
        RecordHeader.AT_PAYLOAD_CRC,
        payloadBytes == 0 ? 0 : Bits.crc(crc, into, body, at + totalBytes));
    Bits.putInt(image, RecordHeader.AT_CRC, RecordHeader.crc(crc, image, RecordHeader.BYTES, seed));
    into.put(at, image, 0, RecordHeader.BYTES);
    return totalBytes;
  }

  /**
   * Writes a {@link RecordType#PAD} that takes exactly {@code bytes}, a positive multiple of 64.
   *
   * @return {@code bytes}
   */
  public int writePad(ByteBuffer into, int at, int bytes) {
    Invariant.check(
        type == RecordType.PAD && bytes >= RecordHeader.BYTES && bytes % RecordHeader.BYTES == 0,
        "pad",
        bytes);
    for (int i = at + RecordHeader.BYTES; i < at + bytes; i += Long.BYTES) {
      into.putLong(i, 0);
    }
    return writeInPlace(into, at, bytes - RecordHeader.BYTES);
  }

  /** Type of the record that was begun last. */
  RecordType type() {
    return type;
  }

  /** Volume of the record that was begun last. */
  int volume() {
    return Bits.getUnsignedShort(image, RecordHeader.AT_VOLUME);
  }

  /** First byte of its extent. */
  long offset() {
    return Bits.getLong(image, RecordHeader.AT_OFFSET);
  }

  /** Bytes of its extent. */
  long lengthBytes() {
    return extentBytes;
  }

  /** LSN of the record that was written last. */
  long lsn() {
    return lsn;
  }

  /** Bytes of the record that was written last. */
  int totalBytes() {
    Invariant.check(totalBytes > 0, "no record was written");
    return totalBytes;
  }

  /** The header that was written last. */
  byte[] image() {
    return image;
  }
}
