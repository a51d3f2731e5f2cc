package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The frame that logfile header, checkpoint slot and poison marker share: 4 KiB with magic,
 * checksum, versions and resource. What is beyond is the business of each.
 */
final class Block {

  static final int BYTES = 4096;

  /** The version this program writes, and the oldest one that can read what it writes. */
  static final int VERSION = 1;

  static final int OLDEST_READER = 1;

  static final int AT_MAGIC = 0;
  static final int AT_CRC = 8;
  static final int AT_VERSION = 12;
  static final int AT_OLDEST_READER = 14;
  static final int AT_RESOURCE = 16;
  static final int AT_BODY = 32;

  private Block() {}

  /** Makes a value of the bytes of a sound block. */
  interface Body<T> {
    T read(UUID resourceId, byte[] bytes) throws FormatException, TooNewException;
  }

  /** A sound block that needs a newer program. */
  static final class TooNewException extends Exception {
    private static final long serialVersionUID = 1L;

    TooNewException(String reason) {
      super(reason);
    }
  }

  /** Eight characters as they are on the disk. */
  static long magic(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    Invariant.check(bytes.length == 8, "magic", bytes.length);
    return Bits.getLong(bytes, 0);
  }

  /** A block whose frame is filled in except for its checksum. */
  static byte[] begin(long magic, UUID resourceId) {
    byte[] bytes = new byte[BYTES];
    Bits.putLong(bytes, AT_MAGIC, magic);
    Bits.putShort(bytes, AT_VERSION, VERSION);
    Bits.putShort(bytes, AT_OLDEST_READER, OLDEST_READER);
    Bits.putUuid(bytes, AT_RESOURCE, resourceId);
    return bytes;
  }

  /** Adds the checksum and puts the block at index {@code at}. */
  static void seal(byte[] bytes, ByteBuffer into, int at) {
    Bits.putInt(bytes, AT_CRC, Bits.crc(new CRC32C(), bytes, AT_VERSION, bytes.length));
    into.put(at, bytes, 0, bytes.length);
  }

  /** Reads the block at index {@code at}; never throws, whatever the bytes are. */
  static <T> Reading<T> open(ByteBuffer from, int at, long magic, Body<T> body) {
    if (at < 0 || from.limit() - at < BYTES) {
      return new Reading.Corrupt<>("only " + (from.limit() - at) + " bytes of " + BYTES);
    }
    byte[] bytes = new byte[BYTES];
    from.get(at, bytes, 0, BYTES);
    if (Bits.getLong(bytes, AT_MAGIC) != magic) {
      return Arrays.equals(bytes, new byte[BYTES])
          ? new Reading.Blank<>()
          : new Reading.Corrupt<>("magic is missing");
    }
    int found = Bits.crc(new CRC32C(), bytes, AT_VERSION, BYTES);
    if (found != Bits.getInt(bytes, AT_CRC)) {
      return new Reading.Corrupt<>("checksum does not match");
    }
    int oldestReader = Bits.getUnsignedShort(bytes, AT_OLDEST_READER);
    if (oldestReader > VERSION) {
      return new Reading.TooNew<>("needs format version " + oldestReader + ", this is " + VERSION);
    }
    try {
      return new Reading.Sound<>(body.read(Bits.getUuid(bytes, AT_RESOURCE), bytes));
    } catch (TooNewException e) {
      return new Reading.TooNew<>(e.getMessage());
    } catch (FormatException e) {
      return new Reading.Corrupt<>(e.getMessage());
    } catch (Invariant.Broken e) {
      // A value that its own constructor refuses: the bytes are at fault here, not the program.
      return new Reading.Corrupt<>("impossible value: " + e.getMessage());
    }
  }

  /** Text behind its u16 length, cut to what fits. */
  static void putText(byte[] bytes, int at, String text, int maxBytes) {
    byte[] utf8 = utf8(text, maxBytes);
    Bits.putShort(bytes, at, utf8.length);
    System.arraycopy(utf8, 0, bytes, at + 2, utf8.length);
  }

  static String getText(byte[] bytes, int at, int maxBytes) throws FormatException {
    int length = Bits.getUnsignedShort(bytes, at);
    if (length > maxBytes) {
      throw new FormatException(at, "text of " + length + " bytes where " + maxBytes + " fit");
    }
    return new String(bytes, at + 2, length, StandardCharsets.UTF_8);
  }

  /** UTF-8, cut before the character that would not fit. */
  static byte[] utf8(String text, int maxBytes) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length <= maxBytes) {
      return utf8;
    }
    int end = maxBytes;
    while (end > 0 && (utf8[end] & 0xC0) == 0x80) {
      end--;
    }
    return Arrays.copyOf(utf8, end);
  }
}
