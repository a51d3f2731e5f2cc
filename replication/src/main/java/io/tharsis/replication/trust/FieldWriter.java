package io.tharsis.replication.trust;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Writes fields one after the other: numbers little-endian, UUIDs as printed. One thread. */
final class FieldWriter {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  FieldWriter u8(int value) {
    out.write(value);
    return this;
  }

  FieldWriter u16(int value) {
    return u8(value & 0xFF).u8(value >>> 8);
  }

  FieldWriter u32(int value) {
    return u16(value & 0xFFFF).u16(value >>> 16);
  }

  FieldWriter i64(long value) {
    byte[] eight = new byte[Long.BYTES];
    ByteBuffer.wrap(eight).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
    return raw(eight);
  }

  FieldWriter uuid(UUID id) {
    byte[] sixteen = new byte[16];
    ByteBuffer.wrap(sixteen)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits());
    return raw(sixteen);
  }

  FieldWriter raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /** Length in two bytes, then the bytes. */
  FieldWriter bytes(byte[] bytes) {
    if (bytes.length > 0xFFFF) {
      throw new IllegalArgumentException(bytes.length + " bytes do not fit");
    }
    return u16(bytes.length).raw(bytes);
  }

  /** Length in two bytes, then UTF-8. */
  FieldWriter text(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
