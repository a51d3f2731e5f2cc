package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.log.Position;
import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Writes one frame, little-endian, UUIDs as printed. Grows up to the largest frame. */
final class WireWriter {

  private static final int LARGEST = Frame.HEADER_BYTES + Wire.MAX_BODY_BYTES;

  private final int version;
  private ByteBuffer out;

  /**
   * A frame whose header is left blank.
   *
   * @param version the protocol version to write
   * @param hintBytes about how long the body will be
   */
  WireWriter(int version, int hintBytes) {
    this.version = version;
    this.out =
        ByteBuffer.allocate(Math.min(LARGEST, Frame.HEADER_BYTES + hintBytes))
            .order(ByteOrder.LITTLE_ENDIAN)
            .position(Frame.HEADER_BYTES);
  }

  /** The protocol version that is written. */
  int version() {
    return version;
  }

  private ByteBuffer room(int bytes) {
    if (out.remaining() < bytes) {
      long wanted = Math.max(2L * out.capacity(), (long) out.position() + bytes);
      int capacity = (int) Math.min(LARGEST, wanted);
      Invariant.check(out.position() + bytes <= capacity, "frame is too long", wanted);
      out = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).put(out.flip());
    }
    return out;
  }

  WireWriter u8(int value) {
    room(1).put((byte) value);
    return this;
  }

  WireWriter u16(int value) {
    room(2).putShort((short) value);
    return this;
  }

  WireWriter u32(long value) {
    room(4).putInt((int) value);
    return this;
  }

  WireWriter i64(long value) {
    room(8).putLong(value);
    return this;
  }

  WireWriter uuid(UUID id) {
    return i64(Long.reverseBytes(id.getMostSignificantBits()))
        .i64(Long.reverseBytes(id.getLeastSignificantBits()));
  }

  WireWriter digest(Digest digest) {
    return raw(ByteBuffer.wrap(digest.bytes()));
  }

  WireWriter raw(ByteBuffer bytes) {
    room(bytes.remaining()).put(bytes.duplicate());
    return this;
  }

  /** UTF-8 behind its u16 length. */
  WireWriter text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return u16(utf8.length).raw(ByteBuffer.wrap(utf8));
  }

  /** Bytes behind their u32 length. */
  WireWriter blob(Blob blob) {
    return u32(blob.sizeBytes()).raw(ByteBuffer.wrap(blob.toByteArray()));
  }

  WireWriter position(Position position) {
    return i64(position.logfileNumber()).i64(position.lsn()).uuid(position.epochId());
  }

  WireWriter payload(Payload payload) {
    ByteBuffer stored = payload.stored();
    return u8(payload.codec().code())
        .u8(0)
        .u16(0)
        .u32(payload.plainBytes())
        .u32(stored.remaining())
        .raw(stored);
  }

  /** The whole frame, its header still blank, from 0 to its limit. */
  ByteBuffer end() {
    return out.flip();
  }
}
