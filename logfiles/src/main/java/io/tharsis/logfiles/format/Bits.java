package io.tharsis.logfiles.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/** Little-endian numbers in byte arrays, and checksums over parts of buffers, without garbage. */
final class Bits {

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BIG_LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Bits() {}

  static void putShort(byte[] bytes, int at, int value) {
    SHORTS.set(bytes, at, (short) value);
  }

  static int getUnsignedShort(byte[] bytes, int at) {
    return ((short) SHORTS.get(bytes, at)) & 0xFFFF;
  }

  static void putInt(byte[] bytes, int at, int value) {
    INTS.set(bytes, at, value);
  }

  static int getInt(byte[] bytes, int at) {
    return (int) INTS.get(bytes, at);
  }

  static long getUnsignedInt(byte[] bytes, int at) {
    return getInt(bytes, at) & 0xFFFF_FFFFL;
  }

  static void putLong(byte[] bytes, int at, long value) {
    LONGS.set(bytes, at, value);
  }

  static long getLong(byte[] bytes, int at) {
    return (long) LONGS.get(bytes, at);
  }

  static long getBigLong(byte[] bytes, int at) {
    return (long) BIG_LONGS.get(bytes, at);
  }

  static void putBigLong(byte[] bytes, int at, long value) {
    BIG_LONGS.set(bytes, at, value);
  }

  /** Sixteen bytes, most significant first, as UUIDs are printed. */
  static void putUuid(byte[] bytes, int at, UUID id) {
    putBigLong(bytes, at, id.getMostSignificantBits());
    putBigLong(bytes, at + 8, id.getLeastSignificantBits());
  }

  static UUID getUuid(byte[] bytes, int at) {
    return new UUID(getBigLong(bytes, at), getBigLong(bytes, at + 8));
  }

  /** CRC32C over bytes {@code [from, to)} of the buffer, whatever its position and limit are. */
  static int crc(CRC32C crc, ByteBuffer buffer, int from, int to) {
    int position = buffer.position();
    int limit = buffer.limit();
    crc.reset();
    buffer.limit(to).position(from);
    crc.update(buffer);
    buffer.limit(limit).position(position);
    return (int) crc.getValue();
  }

  static int crc(CRC32C crc, byte[] bytes, int from, int to) {
    crc.reset();
    crc.update(bytes, from, to - from);
    return (int) crc.getValue();
  }
}
