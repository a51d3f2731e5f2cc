package io.tharsis.server.iscsi;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The header of one received PDU: the 48 bytes of the basic header segment (RFC 7143 11.2.1) and
 * the additional header segments behind it. Owned and refilled by one {@link PduReader}; valid only
 * until that reads on, so whoever needs it longer takes a {@link #copy}. Fields are read where they
 * are, nothing is unpacked.
 */
final class Bhs {

  /** Size of the basic header segment. */
  static final int BYTES = 48;

  /** Size of all additional header segments at most: TotalAHSLength is one byte of words. */
  static final int MAX_AHS_BYTES = 255 * 4;

  /** A task tag or transfer tag that stands for none. */
  static final int NO_TAG = 0xffffffff;

  static final int FINAL = 0x80;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;

  /** An empty header with room for everything. */
  Bhs() {
    this(new byte[BYTES + MAX_AHS_BYTES + 4]);
  }

  private Bhs(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The same header in memory of its own. */
  Bhs copy() {
    return new Bhs(Arrays.copyOf(bytes, BYTES + ahsBytes()));
  }

  /** Takes {@code count} bytes off {@code in} and puts them at {@code at}. */
  void fill(ByteBuf in, int at, int count) {
    in.readBytes(bytes, at, count);
  }

  Opcode opcode() {
    return Opcode.of(bytes[0]);
  }

  boolean immediate() {
    return (bytes[0] & 0x40) != 0;
  }

  int flags() {
    return bytes[1] & 0xff;
  }

  boolean isFinal() {
    return (bytes[1] & FINAL) != 0;
  }

  int ahsBytes() {
    return (bytes[4] & 0xff) * 4;
  }

  int dataBytes() {
    return intAt(4) & 0xffffff;
  }

  long lun() {
    return (long) LONG.get(bytes, 8);
  }

  int initiatorTaskTag() {
    return intAt(16);
  }

  /** Data-Out, NOP-Out, Text, SNACK: target transfer tag. */
  int transferTag() {
    return intAt(20);
  }

  /** SCSI Command: expected data transfer length, unsigned. */
  long expectedBytes() {
    return intAt(20) & 0xffffffffL;
  }

  /** Task management: referenced task tag. */
  int referencedTaskTag() {
    return intAt(20);
  }

  int cmdSn() {
    return intAt(24);
  }

  int expStatSn() {
    return intAt(28);
  }

  /** Task management: RefCmdSN. */
  int refCmdSn() {
    return intAt(32);
  }

  int dataSn() {
    return intAt(36);
  }

  /** Data-Out: buffer offset, unsigned. */
  long bufferOffset() {
    return intAt(40) & 0xffffffffL;
  }

  /** Login, Logout: connection id. */
  int connectionId() {
    return (short) SHORT.get(bytes, 20) & 0xffff;
  }

  /** Login: the six bytes of the ISID as a number. */
  long isid() {
    return lun() >>> 16;
  }

  int tsih() {
    return (short) SHORT.get(bytes, 14) & 0xffff;
  }

  int versionMax() {
    return bytes[2] & 0xff;
  }

  int versionMin() {
    return bytes[3] & 0xff;
  }

  int byteAt(int at) {
    return bytes[at] & 0xff;
  }

  int intAt(int at) {
    return (int) INT.get(bytes, at);
  }

  /** A copy of the bytes {@code [from, to)}. */
  byte[] range(int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  /** Writes the basic header segment, as a Reject carries it. */
  void writeTo(ByteBuf out) {
    out.writeBytes(bytes, 0, BYTES);
  }
}
