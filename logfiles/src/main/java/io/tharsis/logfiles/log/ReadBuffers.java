package io.tharsis.logfiles.log;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Off-heap buffers into which is read, to be used again: making one costs zeroing it, and the
 * memory of one that is dropped comes back only by a collection of garbage, for which everything
 * waits. Sizes are rounded up to a few; of those that are free, a limited number of bytes is kept.
 * Belongs to the owner of what is read.
 */
public final class ReadBuffers {

  /** Bytes of the smallest buffer: a record with the largest payload we write, in whole blocks. */
  private static final int SMALLEST_BYTES = LogLimits.MAX_PAYLOAD_BYTES + LogLimits.BLOCK_BYTES;

  /** Bytes of free buffers that are kept at most. */
  static final long KEPT_BYTES = 8 << 20;

  private final Map<Integer, ArrayDeque<ByteBuffer>> free = new HashMap<>();
  private long freeBytes;

  /** Without any buffer yet. */
  public ReadBuffers() {}

  /** A direct buffer, aligned to log blocks, with position 0 and limit {@code bytes}. */
  public ByteBuffer take(int bytes) {
    int capacity = capacity(bytes);
    ArrayDeque<ByteBuffer> kept = free.get(capacity);
    if (kept == null || kept.isEmpty()) {
      return LogBuffers.aligned(capacity).limit(bytes);
    }
    freeBytes -= capacity;
    return kept.pop().clear().limit(bytes);
  }

  private static int capacity(int bytes) {
    return bytes <= SMALLEST_BYTES
        ? SMALLEST_BYTES
        : Math.max(bytes, Integer.highestOneBit(bytes - 1) << 1);
  }

  /** Takes back a buffer that {@link #take} gave, and no part of it. */
  public void giveBack(ByteBuffer buffer) {
    if (freeBytes + buffer.capacity() <= KEPT_BYTES) {
      freeBytes += buffer.capacity();
      free.computeIfAbsent(buffer.capacity(), capacity -> new ArrayDeque<>()).push(buffer);
    }
  }
}
