package io.tharsis.server.scsi;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers inside command descriptor blocks and parameter lists: big-endian, at byte offsets. */
final class Cdb {

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Cdb() {}

  /** One byte, unsigned. */
  static int u8(byte[] bytes, int at) {
    return bytes[at] & 0xff;
  }

  /** Two bytes, unsigned. */
  static int u16(byte[] bytes, int at) {
    return (short) SHORTS.get(bytes, at) & 0xffff;
  }

  /** Four bytes, unsigned. */
  static long u32(byte[] bytes, int at) {
    return (int) INTS.get(bytes, at) & 0xffff_ffffL;
  }

  /** Eight bytes; what is negative is at least 2^63. */
  static long u64(byte[] bytes, int at) {
    return (long) LONGS.get(bytes, at);
  }

  /** Whether a bit of a byte is set. */
  static boolean bit(byte[] bytes, int at, int bit) {
    return (bytes[at] >> bit & 1) == 1;
  }

  /** Writes two bytes. */
  static void put16(byte[] bytes, int at, int value) {
    SHORTS.set(bytes, at, (short) value);
  }

  /** Writes four bytes. */
  static void put32(byte[] bytes, int at, long value) {
    INTS.set(bytes, at, (int) value);
  }

  /** Writes eight bytes. */
  static void put64(byte[] bytes, int at, long value) {
    LONGS.set(bytes, at, value);
  }
}
