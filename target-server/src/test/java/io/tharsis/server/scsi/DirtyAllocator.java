package io.tharsis.server.scsi;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;

/** Hands out buffers that hold somebody else's bytes, as a pool does, and knows what is in use. */
final class DirtyAllocator extends AbstractByteBufAllocator {

  private final UnpooledByteBufAllocator source = new UnpooledByteBufAllocator(true);
  private final List<ByteBuf> made = new ArrayList<>();
  private boolean exhausted;

  DirtyAllocator() {
    super(true);
  }

  /** Bytes of the buffers that nobody has released. */
  long bytesInUse() {
    return made.stream().filter(buffer -> buffer.refCnt() > 0).mapToLong(ByteBuf::capacity).sum();
  }

  /** From now on there is no memory, or there is again. */
  void exhausted(boolean now) {
    exhausted = now;
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    throw new UnsupportedOperationException("nothing here asks for heap buffers");
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    if (exhausted) {
      throw new OutOfMemoryError("no direct memory, says the test");
    }
    ByteBuf buffer = source.directBuffer(initialCapacity, maxCapacity);
    for (int i = 0; i < initialCapacity; i++) {
      buffer.setByte(i, 0x5a);
    }
    made.add(buffer);
    return buffer;
  }

  @Override
  public boolean isDirectBufferPooled() {
    return false;
  }
}
