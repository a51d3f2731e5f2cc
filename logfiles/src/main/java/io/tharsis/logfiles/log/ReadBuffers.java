package io.tharsis.logfiles.log;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Off-heap buffers into which records are read back. Keeps a limited number of one size; larger
 * requests, and those beyond the limit, get a buffer of their own. Belongs to the log's owner.
 */
public final class ReadBuffers {

  /** Bytes of a kept buffer: a record with the largest payload we write, in whole blocks. */
  private static final int KEPT_BYTES = LogLimits.MAX_PAYLOAD_BYTES + LogLimits.BLOCK_BYTES;

  /** Buffers kept at most. */
  private static final int KEPT_COUNT = 64;

  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();

  ReadBuffers() {}

  /** A direct buffer with position 0 and limit {@code bytes}. */
  public ByteBuffer take(int bytes) {
    if (bytes > KEPT_BYTES) {
      return ByteBuffer.allocateDirect(bytes);
    }
    ByteBuffer kept = free.poll();
    return (kept == null ? ByteBuffer.allocateDirect(KEPT_BYTES) : kept).clear().limit(bytes);
  }

  /** Takes a buffer back. */
  public void giveBack(ByteBuffer buffer) {
    if (buffer.capacity() == KEPT_BYTES && free.size() < KEPT_COUNT) {
      free.push(buffer);
    }
  }
}
