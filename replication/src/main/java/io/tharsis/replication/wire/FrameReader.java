package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.FormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Cuts a stream of bytes into frames. Holds at most one frame that is not whole, and allocates for
 * it only what its header says, up to the limit.
 */
public final class FrameReader {

  private final ByteBuffer header =
      ByteBuffer.allocate(Frame.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final int maxBodyBytes;
  private ByteBuffer frame = header;

  /** A reader that stands before the first frame; longer bodies are refused. */
  public FrameReader(int maxBodyBytes) {
    this.maxBodyBytes = maxBodyBytes;
  }

  /**
   * The next frame, if the bytes complete one; what follows stays in {@code chunk}. Otherwise the
   * whole chunk is consumed.
   *
   * @return a buffer that nobody else uses, header and body, from 0 to its limit
   * @throws FormatException if a frame is longer than it may be; nothing can be read any more
   */
  public Optional<ByteBuffer> next(ByteBuffer chunk) throws FormatException {
    while (chunk.hasRemaining()) {
      int bytes = Math.min(frame.remaining(), chunk.remaining());
      frame.put(chunk.slice(chunk.position(), bytes));
      chunk.position(chunk.position() + bytes);
      if (isAtBody()) {
        beginBody();
      }
      if (!frame.hasRemaining()) {
        ByteBuffer whole = frame.flip();
        frame = header.clear();
        return Optional.of(whole);
      }
    }
    return Optional.empty();
  }

  // identity: the header's buffer is in use exactly between frames
  @SuppressWarnings("ReferenceEquality")
  private boolean isAtBody() {
    return frame == header && !header.hasRemaining();
  }

  private void beginBody() throws FormatException {
    long bodyBytes = header.getInt(Frame.AT_BODY_BYTES) & 0xFFFF_FFFFL;
    if (bodyBytes > maxBodyBytes) {
      throw new FormatException(
          Frame.AT_BODY_BYTES, "frame of " + bodyBytes + " where " + maxBodyBytes + " may be");
    }
    frame =
        ByteBuffer.allocate(Frame.HEADER_BYTES + (int) bodyBytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(header.flip());
  }
}
