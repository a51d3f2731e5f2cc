package io.tharsis.replication.trust;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Reads what {@link FieldWriter} wrote, from bytes that nobody has vouched for. One thread. */
final class FieldReader {

  private final ByteBuffer in;

  FieldReader(byte[] bytes) {
    in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  int u8() throws MalformedException {
    return need(1).get() & 0xFF;
  }

  int u16() throws MalformedException {
    return need(2).getShort() & 0xFFFF;
  }

  /** A number of things to follow. */
  int count(int limit) throws MalformedException {
    int count = need(4).getInt();
    if (count < 0 || count > limit) {
      throw new MalformedException("a list of " + Integer.toUnsignedString(count) + " entries");
    }
    return count;
  }

  long i64() throws MalformedException {
    return need(8).getLong();
  }

  UUID uuid() throws MalformedException {
    byte[] sixteen = raw(16);
    ByteBuffer printed = ByteBuffer.wrap(sixteen);
    return new UUID(printed.getLong(), printed.getLong());
  }

  byte[] raw(int length) throws MalformedException {
    byte[] bytes = new byte[length];
    need(length).get(bytes);
    return bytes;
  }

  byte[] bytes(int limit) throws MalformedException {
    int length = u16();
    if (length > limit) {
      throw new MalformedException("a field of " + length + " bytes");
    }
    return raw(length);
  }

  String text(int limit) throws MalformedException {
    byte[] utf8 = bytes(limit);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedException("a text that is not UTF-8", e);
    }
  }

  int position() {
    return in.position();
  }

  void end() throws MalformedException {
    if (in.hasRemaining()) {
      throw new MalformedException(in.remaining() + " bytes too many");
    }
  }

  private ByteBuffer need(int length) throws MalformedException {
    if (in.remaining() < length) {
      throw new MalformedException("it ends too early");
    }
    return in;
  }
}
