package io.tharsis.logfiles.host;

import io.tharsis.logfiles.seam.Invariant;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Native memory that one thread at a time needs for calls into libc: where errno is put and an
 * array of {@code struct iovec}. Made once per thread, so that an operation allocates nothing
 * native.
 */
final class Scratch {

  /** Most buffers of one gather call; Linux's UIO_MAXIOV. */
  static final int IOVEC_LIMIT = 1024;

  private static final long IOVEC_BYTES = 16;
  private static final long ERRNO_OFFSET =
      Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno"));

  private final MemorySegment callState;
  private final MemorySegment iovecs;
  private final int capacity;

  Scratch(int capacity) {
    Arena arena = Arena.ofAuto();
    this.callState = arena.allocate(Linker.Option.captureStateLayout());
    this.iovecs = arena.allocate(IOVEC_BYTES * capacity, Long.BYTES);
    this.capacity = capacity;
  }

  MemorySegment callState() {
    return callState;
  }

  MemorySegment iovecs() {
    return iovecs;
  }

  /** What a call returned, or the negative errno if it failed. */
  long result(long returned) {
    return returned >= 0 ? returned : -callState.get(ValueLayout.JAVA_INT, ERRNO_OFFSET);
  }

  /** Makes the one iovec the remaining bytes of a buffer but the first {@code skipBytes}. */
  void single(ByteBuffer buffer, long skipBytes) {
    put(0, MemorySegment.ofBuffer(buffer).address() + skipBytes, buffer.remaining() - skipBytes);
  }

  /**
   * Fills the array with the remaining bytes of the buffers but the first {@code skipBytes}.
   *
   * @return how many entries; they may not reach the end of the buffers
   */
  int gather(List<ByteBuffer> from, long skipBytes) {
    long skip = skipBytes;
    int count = 0;
    for (int i = 0; i < from.size() && count < capacity; i++) {
      ByteBuffer buffer = from.get(i);
      int length = buffer.remaining();
      if (skip >= length) {
        skip -= length;
        continue;
      }
      put(count++, MemorySegment.ofBuffer(buffer).address() + skip, length - skip);
      skip = 0;
    }
    Invariant.check(count > 0, "nothing to gather", skipBytes, from.size());
    return count;
  }

  private void put(int index, long address, long length) {
    iovecs.set(ValueLayout.JAVA_LONG, index * IOVEC_BYTES, address);
    iovecs.set(ValueLayout.JAVA_LONG, index * IOVEC_BYTES + Long.BYTES, length);
  }
}
