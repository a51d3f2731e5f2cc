package io.tharsis.server.ring;

import io.tharsis.logfiles.seam.Extent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * How far the gather write of one extent has come. A write that the kernel did only in part goes on
 * where it stopped, at the last aligned place. Belongs to the request that makes the write.
 */
final class Gather {

  private static final int IOVEC_LONGS = 2;

  private final List<ByteBuffer> from;
  private long offset;

  /** The first buffer that is not written yet, and how many of its bytes are. */
  private int index;

  private int skippedBytes;
  private Optional<MemorySegment> vector = Optional.empty();

  Gather(Extent extent) {
    this.from = extent.from();
    this.offset = extent.offset();
  }

  /** Where the rest goes. */
  long offset() {
    return offset;
  }

  int remainingBuffers() {
    return from.size() - index;
  }

  boolean isDone() {
    return index == from.size();
  }

  /** The rest, when it lies in one buffer. */
  Ring.Memory rest() {
    return new Ring.Memory(address(index), lengthBytes(index));
  }

  /** The rest, or as much of it as one call takes, as an array of iovec structures. */
  Ring.Memory restAsVector(VectorPool pool) {
    int count = Math.min(remainingBuffers(), VectorPool.MAX_BUFFERS);
    MemorySegment segment = pool.take();
    vector = Optional.of(segment);
    for (int i = 0; i < count; i++) {
      segment.setAtIndex(ValueLayout.JAVA_LONG, (long) i * IOVEC_LONGS, address(index + i));
      segment.setAtIndex(ValueLayout.JAVA_LONG, (long) i * IOVEC_LONGS + 1, lengthBytes(index + i));
    }
    return new Ring.Memory(segment.address(), count);
  }

  /** The kernel is done with the array. */
  void giveBack(VectorPool pool) {
    vector.ifPresent(pool::giveBack);
    vector = Optional.empty();
  }

  /**
   * Goes on by what has been written, less what does not fill a block: the next try must begin
   * aligned.
   *
   * @return whether that was anything
   */
  boolean advance(int writtenBytes) {
    int bytes = writtenBytes & -RingDisk.ALIGNMENT_BYTES;
    offset += bytes;
    for (int left = bytes; left > 0; ) {
      int inBuffer = Math.min(left, lengthBytes(index));
      left -= inBuffer;
      skippedBytes += inBuffer;
      if (lengthBytes(index) == 0) {
        index++;
        skippedBytes = 0;
      }
    }
    return bytes > 0;
  }

  private int lengthBytes(int buffer) {
    return from.get(buffer).remaining() - (buffer == index ? skippedBytes : 0);
  }

  private long address(int buffer) {
    return Ring.address(from.get(buffer)) + (buffer == index ? skippedBytes : 0);
  }
}
