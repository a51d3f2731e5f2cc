package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.log.Position;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Reads the body of one frame. Every length is checked against its limit and against what is there
 * before anything is made of it.
 */
final class WireReader {

  private final int version;
  private final ByteBuffer in;

  /**
   * A reader.
   *
   * @param version the protocol version the body was written in
   * @param frame header and body, from 0 to its limit
   */
  WireReader(int version, ByteBuffer frame) {
    this.version = version;
    this.in = frame.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(Frame.HEADER_BYTES);
  }

  /** The protocol version that is read. */
  int version() {
    return version;
  }

  FormatException malformed(String reason) {
    return new FormatException(in.position(), reason);
  }

  private ByteBuffer has(int bytes) throws FormatException {
    if (in.remaining() < bytes) {
      throw malformed(bytes + " bytes expected and " + in.remaining() + " are left");
    }
    return in;
  }

  int u8() throws FormatException {
    return has(1).get() & 0xFF;
  }

  int u16() throws FormatException {
    return has(2).getShort() & 0xFFFF;
  }

  long u32() throws FormatException {
    return has(4).getInt() & 0xFFFF_FFFFL;
  }

  long i64() throws FormatException {
    return has(8).getLong();
  }

  /** An unsigned number up to {@code max}, in 32 bits. */
  int upTo(int max, String what) throws FormatException {
    long value = u32();
    if (value > max) {
      throw malformed(what + ": " + value + " where at most " + max + " may be");
    }
    return (int) value;
  }

  UUID uuid() throws FormatException {
    return new UUID(Long.reverseBytes(i64()), Long.reverseBytes(i64()));
  }

  Digest digest() throws FormatException {
    byte[] bytes = new byte[Digest.BYTES];
    has(Digest.BYTES).get(bytes);
    return Digest.of(bytes);
  }

  /** The next bytes, as a view. */
  ByteBuffer raw(int bytes) throws FormatException {
    ByteBuffer view = has(bytes).slice(in.position(), bytes);
    in.position(in.position() + bytes);
    return view;
  }

  String text(int maxBytes) throws FormatException {
    int bytes = u16();
    if (bytes > maxBytes) {
      throw malformed("text of " + bytes + " bytes where " + maxBytes + " may be");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(raw(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw malformed("text is not UTF-8");
    }
  }

  Blob blob(int maxBytes) throws FormatException {
    ByteBuffer view = raw(upTo(maxBytes, "length"));
    byte[] bytes = new byte[view.remaining()];
    view.get(bytes);
    return Blob.of(bytes);
  }

  Position position() throws FormatException {
    long number = i64();
    long lsn = i64();
    UUID epochId = uuid();
    boolean start = number == 0;
    if (number < 0 || lsn < 0 || start != epochId.equals(Position.NOTHING)) {
      throw malformed("position in log " + number + ", " + lsn);
    }
    return new Position(number, lsn, epochId);
  }

  Payload payload() throws FormatException {
    Codec codec = codec(u8());
    reserved(3);
    int plainBytes = upTo(Wire.MAX_BULK_BYTES, "payload");
    int storedBytes = upTo(plainBytes, "stored payload");
    return new Payload(codec, plainBytes, raw(storedBytes));
  }

  private Codec codec(int code) throws FormatException {
    for (Codec codec : Codec.values()) {
      if (codec.code() == code) {
        return codec;
      }
    }
    throw malformed("codec " + code);
  }

  /** Bytes that are zero in this version. */
  void reserved(int bytes) throws FormatException {
    for (int i = 0; i < bytes; i++) {
      if (u8() != 0) {
        throw malformed("reserved byte is not zero");
      }
    }
  }

  /** Nothing may follow. */
  void end() throws FormatException {
    if (in.hasRemaining()) {
      throw malformed(in.remaining() + " bytes too many");
    }
  }

  /** What is left is for a newer version to read. */
  void ignoreRest() {
    in.position(in.limit());
  }
}
