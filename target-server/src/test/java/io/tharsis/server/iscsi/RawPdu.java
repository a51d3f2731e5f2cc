package io.tharsis.server.iscsi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A PDU by its bytes, for tests: nothing in it is checked, so that anything can be sent. */
final class RawPdu {

  final byte[] header;
  byte[] ahs = new byte[0];
  byte[] data = new byte[0];

  private RawPdu(byte[] header) {
    this.header = header;
  }

  static RawPdu of(int opcode) {
    RawPdu pdu = new RawPdu(new byte[48]);
    pdu.header[0] = (byte) opcode;
    return pdu;
  }

  static RawPdu received(byte[] header, byte[] data) {
    RawPdu pdu = new RawPdu(header);
    pdu.data = data;
    return pdu;
  }

  RawPdu flags(int flags) {
    header[1] = (byte) flags;
    return this;
  }

  RawPdu set(int at, int value) {
    buffer().putInt(at, value);
    return this;
  }

  RawPdu setByte(int at, int value) {
    header[at] = (byte) value;
    return this;
  }

  RawPdu lun(int lun) {
    buffer().putShort(8, (short) lun);
    return this;
  }

  RawPdu tag(int tag) {
    return set(16, tag);
  }

  RawPdu cmdSn(int cmdSn) {
    return set(24, cmdSn);
  }

  RawPdu data(byte[] bytes) {
    data = bytes;
    return this;
  }

  RawPdu text(String... pairs) {
    return data((String.join("\0", pairs) + "\0").getBytes(StandardCharsets.UTF_8));
  }

  RawPdu ahs(byte[] bytes) {
    ahs = bytes;
    return this;
  }

  private ByteBuffer buffer() {
    return ByteBuffer.wrap(header);
  }

  int opcode() {
    return header[0] & 0x3f;
  }

  int flags() {
    return header[1] & 0xff;
  }

  int at(int offset) {
    return buffer().getInt(offset);
  }

  int byteAt(int offset) {
    return header[offset] & 0xff;
  }

  int tag() {
    return at(16);
  }

  List<String> pairs() {
    String text = new String(data, StandardCharsets.UTF_8);
    return text.isEmpty() ? List.of() : Arrays.asList(text.split("\0"));
  }

  /** The bytes as they go over the wire. */
  byte[] bytes() {
    int padded = (data.length + 3) / 4 * 4;
    byte[] all = Arrays.copyOf(header, 48 + ahs.length + padded);
    all[4] = (byte) (ahs.length / 4);
    all[5] = (byte) (data.length >> 16);
    all[6] = (byte) (data.length >> 8);
    all[7] = (byte) data.length;
    System.arraycopy(ahs, 0, all, 48, ahs.length);
    System.arraycopy(data, 0, all, 48 + ahs.length, data.length);
    return all;
  }
}
