package io.tharsis.server.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/**
 * Arrays of iovec structures for the gather writes of one disk, used again and again. Belongs to
 * the disk's owner; as many arrays exist as gather writes were ever in flight at once.
 */
final class VectorPool {

  /** Buffers in one system call, the kernel's own limit ({@code IOV_MAX}). */
  static final int MAX_BUFFERS = 1024;

  private static final long IOVEC_BYTES = 16;

  private final Arena arena = Arena.ofShared();
  private final ArrayDeque<MemorySegment> free = new ArrayDeque<>();

  MemorySegment take() {
    return free.isEmpty() ? arena.allocate(MAX_BUFFERS * IOVEC_BYTES, Long.BYTES) : free.pop();
  }

  void giveBack(MemorySegment vector) {
    free.push(vector);
  }

  void close() {
    arena.close();
  }
}
