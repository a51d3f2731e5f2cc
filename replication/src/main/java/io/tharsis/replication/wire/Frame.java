package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.seam.Invariant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * How a message travels: a header of {@value #HEADER_BYTES} bytes with checksum, length and kind,
 * then its body.
 */
public final class Frame {

  /** Bytes in front of every body. */
  public static final int HEADER_BYTES = 12;

  static final int AT_CRC = 0;
  static final int AT_BODY_BYTES = 4;
  static final int AT_KIND = 8;
  static final int AT_RESERVED = 9;

  private Frame() {}

  /**
   * A message as a frame.
   *
   * @param message what to send
   * @param version the protocol version of the link
   * @return header and body, from 0 to its limit, the caller's own
   */
  public static ByteBuffer encode(Message message, int version) {
    MessageKind kind = MessageKind.of(message);
    WireWriter out = new WireWriter(version, MessageCodec.hintBytes(message));
    MessageCodec.write(message, out);
    ByteBuffer frame = out.end();
    frame.putInt(AT_BODY_BYTES, frame.limit() - HEADER_BYTES);
    frame.put(AT_KIND, (byte) kind.code());
    frame.putInt(AT_CRC, checksum(frame));
    return frame;
  }

  /**
   * The message of a frame.
   *
   * @param frame header and body, from 0 to its limit; the message keeps views of it, so it is not
   *     to be changed any more
   * @param version the protocol version of the link
   * @throws FormatException if it is damaged, or not what this version knows
   * @throws UnknownClassException if it is a {@link Hello} for a class this version does not know
   */
  public static Message decode(ByteBuffer frame, int version) throws IOException {
    ByteBuffer bytes = frame.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    Invariant.check(
        bytes.limit() == HEADER_BYTES + bytes.getInt(AT_BODY_BYTES), "frame", bytes.limit());
    if (checksum(bytes) != bytes.getInt(AT_CRC)) {
      throw new FormatException(AT_CRC, "checksum does not match");
    }
    int code = bytes.get(AT_KIND) & 0xFF;
    MessageKind kind =
        MessageKind.of(code)
            .orElseThrow(() -> new FormatException(AT_KIND, "kind of frame " + code));
    for (int at = AT_RESERVED; at < HEADER_BYTES; at++) {
      if (bytes.get(at) != 0) {
        throw new FormatException(at, "reserved byte is not zero");
      }
    }
    WireReader in = new WireReader(version, bytes);
    try {
      Message message = MessageCodec.read(kind, in);
      in.end();
      return message;
    } catch (Invariant.Broken e) {
      // a value that its own constructor refuses: the bytes are at fault here, not the program
      throw in.malformed("impossible value: " + e.getMessage());
    }
  }

  private static int checksum(ByteBuffer frame) {
    CRC32C crc = new CRC32C();
    crc.update(frame.duplicate().position(AT_BODY_BYTES));
    return (int) crc.getValue();
  }
}
