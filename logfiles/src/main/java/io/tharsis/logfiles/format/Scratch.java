package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.Bytes;

/**
 * Off-heap room in which contents of variable length are put together before they are written, and
 * into which they are taken to be read. Grows as needed up to a limit, is reused, and is given back
 * by {@link #close} and in no other way. Owned by one owner; not for two threads at a time.
 *
 * <p>Every {@code take} method checks what is left and throws {@link FormatException} where that is
 * too little; offsets in it count from the beginning of what was loaded. The only class that knows
 * chronicle-bytes.
 */
public final class Scratch implements AutoCloseable {

  private static final int FIRST_BYTES = 4096;

  private final int limitBytes;
  private Bytes<Void> bytes;
  private final CRC32C crc = new CRC32C();

  /**
   * An empty scratch.
   *
   * @param limitBytes most bytes it may ever hold
   */
  public Scratch(int limitBytes) {
    Invariant.check(limitBytes > 0, "scratch limit", limitBytes);
    Invariant.check(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "little-endian host");
    this.limitBytes = limitBytes;
    this.bytes = allocate(Math.min(FIRST_BYTES, limitBytes));
  }

  /** Forgets all content. */
  public Scratch clear() {
    bytes.clear();
    return this;
  }

  /** Bytes put or loaded since {@link #clear}, taken ones included. */
  public int sizeBytes() {
    return (int) bytes.writePosition();
  }

  /** Appends a byte. */
  public Scratch putByte(int value) {
    room(Byte.BYTES).writeByte((byte) value);
    return this;
  }

  /** Appends 16 bits. */
  public Scratch putShort(int value) {
    room(Short.BYTES).writeShort((short) value);
    return this;
  }

  /** Appends 32 bits. */
  public Scratch putInt(int value) {
    room(Integer.BYTES).writeInt(value);
    return this;
  }

  /** Appends 64 bits. */
  public Scratch putLong(long value) {
    room(Long.BYTES).writeLong(value);
    return this;
  }

  /** Appends a number, not negative, in groups of seven bits, the lowest first (LEB128). */
  public Scratch putNumber(long value) {
    Invariant.check(value >= 0, "number", value);
    room(9).writeStopBit(value);
    return this;
  }

  /** Appends 16 bytes, most significant first. */
  public Scratch putUuid(UUID id) {
    byte[] image = new byte[16];
    Bits.putUuid(image, 0, id);
    return putBytes(image);
  }

  /** Appends 32 bytes. */
  public Scratch putDigest(Digest digest) {
    return putBytes(digest.bytes());
  }

  /** Appends bytes as they are, without their length. */
  public Scratch putBytes(byte[] from) {
    room(from.length).write(from, 0, from.length);
    return this;
  }

  /** Appends zeros up to a multiple of {@code alignmentBytes}. */
  public Scratch alignTo(int alignmentBytes) {
    while (sizeBytes() % alignmentBytes != 0) {
      putByte(0);
    }
    return this;
  }

  /** Replaces 32 bits that were put before. */
  public void setInt(int at, int value) {
    Invariant.check(0 <= at && at + Integer.BYTES <= sizeBytes(), "set outside scratch", at);
    bytes.writeInt(at, value);
  }

  /** CRC32C of all content from index {@code at}. */
  public int crc(int at) {
    Invariant.check(0 <= at && at <= sizeBytes(), "checksum outside scratch", at);
    byte[] piece = new byte[Math.min(8192, sizeBytes() - at)];
    crc.reset();
    for (int from = at; from < sizeBytes(); from += piece.length) {
      int length = Math.min(piece.length, sizeBytes() - from);
      bytes.read(from, piece, 0, length);
      crc.update(piece, 0, length);
    }
    return (int) crc.getValue();
  }

  /**
   * Copies all content to index {@code at}.
   *
   * @return how many bytes
   */
  public int copyTo(ByteBuffer into, int at) {
    byte[] piece = new byte[Math.min(8192, sizeBytes())];
    for (int from = 0; from < sizeBytes(); from += piece.length) {
      int length = Math.min(piece.length, sizeBytes() - from);
      bytes.read(from, piece, 0, length);
      into.put(at + from, piece, 0, length);
    }
    return sizeBytes();
  }

  /** Forgets all content and takes {@code lengthBytes} from index {@code at} instead. */
  public Scratch load(ByteBuffer from, int at, int lengthBytes) throws FormatException {
    clear();
    if (at < 0 || lengthBytes < 0 || lengthBytes > from.limit() - at || lengthBytes > limitBytes) {
      throw new FormatException(0, lengthBytes + " bytes cannot be there");
    }
    byte[] piece = new byte[Math.min(8192, lengthBytes)];
    for (int done = 0; done < lengthBytes; done += piece.length) {
      int length = Math.min(piece.length, lengthBytes - done);
      from.get(at + done, piece, 0, length);
      room(length).write(piece, 0, length);
    }
    return this;
  }

  /** Bytes not yet taken. */
  public int remainingBytes() {
    return (int) bytes.readRemaining();
  }

  /** How many bytes were taken: where the next one comes from. */
  public int position() {
    return (int) bytes.readPosition();
  }

  /** Takes a byte, 0 to 255. */
  public int takeByte() throws FormatException {
    return left(Byte.BYTES).readUnsignedByte();
  }

  /** Takes 16 bits, unsigned. */
  public int takeShort() throws FormatException {
    return left(Short.BYTES).readUnsignedShort();
  }

  /** Takes 32 bits. */
  public int takeInt() throws FormatException {
    return left(Integer.BYTES).readInt();
  }

  /** Takes 32 bits that count something: not negative and at most {@code most}. */
  public int takeCount(int most) throws FormatException {
    int at = position();
    int count = takeInt();
    if (count < 0 || count > most) {
      throw new FormatException(at, Integer.toUnsignedString(count) + " where " + most + " fit");
    }
    return count;
  }

  /** Takes 64 bits. */
  public long takeLong() throws FormatException {
    return left(Long.BYTES).readLong();
  }

  /** Takes a number put by {@link #putNumber}. */
  public long takeNumber() throws FormatException {
    int at = position();
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int group = takeByte();
      value |= (group & 0x7FL) << shift;
      if (group < 0x80) {
        return value;
      }
    }
    throw new FormatException(at, "number of more than 63 bits");
  }

  /** Takes 16 bytes. */
  public UUID takeUuid() throws FormatException {
    return Bits.getUuid(takeBytes(16), 0);
  }

  /** Takes 32 bytes. */
  public Digest takeDigest() throws FormatException {
    return Digest.of(takeBytes(Digest.BYTES));
  }

  /** Takes {@code length} bytes, not negative. */
  public byte[] takeBytes(int length) throws FormatException {
    Bytes<Void> source = left(length);
    byte[] taken = new byte[length];
    source.read(taken, 0, length);
    return taken;
  }

  /** Passes over bytes. */
  public void skip(int length) throws FormatException {
    left(length).readSkip(length);
  }

  /** Gives the memory back; nothing may be put or taken afterwards. */
  @Override
  public void close() {
    bytes.releaseLast();
  }

  private Bytes<Void> room(int length) {
    int size = sizeBytes();
    Invariant.check(length <= limitBytes - size, "scratch is full", size, length);
    if (length > bytes.realCapacity() - size) {
      grow(size + length);
    }
    return bytes;
  }

  /** Moves to more memory; left to itself chronicle-bytes tells the diagnostics every time. */
  private void grow(int neededBytes) {
    long position = bytes.readPosition();
    Bytes<Void> larger =
        allocate((int) Math.min(Math.max(2L * bytes.realCapacity(), neededBytes), limitBytes));
    larger.write(bytes, 0, bytes.writePosition());
    larger.readPosition(position);
    bytes.releaseLast();
    bytes = larger;
  }

  private static Bytes<Void> allocate(int capacityBytes) {
    Bytes<Void> allocated = Bytes.allocateElasticDirect(capacityBytes);
    // Made by whoever sets a resource up, used by its owner: two threads, one after the other.
    allocated.singleThreadedCheckDisabled(true);
    return allocated;
  }

  private Bytes<Void> left(int length) throws FormatException {
    if (length < 0 || length > bytes.readRemaining()) {
      throw new FormatException(
          position(), remainingBytes() + " bytes left, " + length + " needed");
    }
    return bytes;
  }
}
