package io.tharsis.it.initiator;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * A command descriptor block of at most 16 bytes. Immutable.
 *
 * <p>The factories write the fields at the places SPC-4 and SBC-3 give them and check that each
 * value fits its field; {@link #raw} takes any bytes, so that tests can send what no factory would.
 */
public final class Cdb {

  /** Longest command descriptor block, in bytes. */
  public static final int MAX_BYTES = 16;

  private static final int FUA = 0x08;
  private static final int EVPD = 0x01;
  private static final int SERVICE_READ_CAPACITY_16 = 0x10;

  private final byte[] bytes;

  private Cdb(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Any bytes, given as integers of which the low 8 bits count. */
  public static Cdb raw(int... values) {
    if (values.length < 1 || values.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "CDB length not in 1.." + MAX_BYTES + ": " + values.length);
    }
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return new Cdb(bytes);
  }

  /** TEST UNIT READY (SPC-4, 6.47). */
  public static Cdb testUnitReady() {
    return new Cdb(new byte[6]);
  }

  /** INQUIRY for the standard data (SPC-4, 6.6). */
  public static Cdb inquiry(int allocationBytes) {
    return new Cdb(new byte[] {0x12, 0, 0, high(u16(allocationBytes)), (byte) allocationBytes, 0});
  }

  /** INQUIRY for a page of vital product data (SPC-4, 6.6). */
  public static Cdb inquiryVpd(int page, int allocationBytes) {
    byte[] bytes = inquiry(allocationBytes).bytes;
    bytes[1] = EVPD;
    bytes[2] = (byte) page;
    return new Cdb(bytes);
  }

  /** READ CAPACITY (16) (SBC-3, 5.16). */
  public static Cdb readCapacity16(int allocationBytes) {
    ByteBuffer cdb = ByteBuffer.allocate(16);
    cdb.put(0, (byte) 0x9e).put(1, (byte) SERVICE_READ_CAPACITY_16).putInt(10, allocationBytes);
    return new Cdb(cdb.array());
  }

  /** READ (10) (SBC-3, 5.11). */
  public static Cdb read10(long lba, int blocks) {
    return ten(0x28, 0, lba, blocks);
  }

  /** READ (16) (SBC-3, 5.13). */
  public static Cdb read16(long lba, int blocks) {
    return sixteen(0x88, 0, lba, blocks);
  }

  /** WRITE (10) (SBC-3, 5.32); {@code fua} asks for stable storage before the answer. */
  public static Cdb write10(long lba, int blocks, boolean fua) {
    return ten(0x2a, fua ? FUA : 0, lba, blocks);
  }

  /** WRITE (16) (SBC-3, 5.34); {@code fua} asks for stable storage before the answer. */
  public static Cdb write16(long lba, int blocks, boolean fua) {
    return sixteen(0x8a, fua ? FUA : 0, lba, blocks);
  }

  /** SYNCHRONIZE CACHE (10) (SBC-3, 5.22); zero blocks means up to the last one. */
  public static Cdb synchronizeCache10(long lba, int blocks) {
    return ten(0x35, 0, lba, blocks);
  }

  /** UNMAP (SBC-3, 5.28) with a parameter list of the given length. */
  public static Cdb unmap(int parameterListBytes) {
    return new Cdb(
        new byte[] {
          0x42, 0, 0, 0, 0, 0, 0, high(u16(parameterListBytes)), (byte) parameterListBytes, 0
        });
  }

  private static Cdb ten(int opcode, int flags, long lba, int blocks) {
    if (lba < 0 || lba > 0xffff_ffffL) {
      throw new IllegalArgumentException("LBA over 32 bits: " + lba);
    }
    byte[] bytes = new byte[10];
    bytes[0] = (byte) opcode;
    bytes[1] = (byte) flags;
    putInt(bytes, 2, (int) lba);
    bytes[7] = high(u16(blocks));
    bytes[8] = (byte) blocks;
    return new Cdb(bytes);
  }

  private static Cdb sixteen(int opcode, int flags, long lba, int blocks) {
    byte[] bytes = new byte[16];
    bytes[0] = (byte) opcode;
    bytes[1] = (byte) flags;
    putInt(bytes, 2, (int) (lba >>> 32));
    putInt(bytes, 6, (int) lba);
    putInt(bytes, 10, blocks);
    return new Cdb(bytes);
  }

  private static int u16(int value) {
    if (value < 0 || value > 0xffff) {
      throw new IllegalArgumentException("over 16 bits: " + value);
    }
    return value;
  }

  private static byte high(int value) {
    return (byte) (value >>> 8);
  }

  private static void putInt(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >>> 24);
    bytes[at + 1] = (byte) (value >>> 16);
    bytes[at + 2] = (byte) (value >>> 8);
    bytes[at + 3] = (byte) value;
  }

  /** Length in bytes. */
  public int length() {
    return bytes.length;
  }

  /** A copy of the bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  void copyTo(MemorySegment target) {
    MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, 0, bytes.length);
  }

  @Override
  public String toString() {
    return HexFormat.ofDelimiter(" ").formatHex(bytes);
  }
}
