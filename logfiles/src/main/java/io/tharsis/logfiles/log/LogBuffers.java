package io.tharsis.logfiles.log;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * The off-heap buffers in which batches gather: a fixed number, each aligned to log blocks so that
 * direct I/O takes them as they are. Belongs to the appender.
 */
final class LogBuffers {

  /** One in flight, one gathering, and two for the batches around a change of logfile. */
  static final int COUNT = 4;

  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>(COUNT);

  LogBuffers(int bytes) {
    for (int i = 0; i < COUNT; i++) {
      free.add(aligned(bytes));
    }
  }

  /** A buffer of zeros that direct I/O takes as it is. */
  static ByteBuffer aligned(int bytes) {
    return ByteBuffer.allocateDirect(bytes + LogLimits.BLOCK_BYTES)
        .alignedSlice(LogLimits.BLOCK_BYTES)
        .slice(0, bytes);
  }

  int available() {
    return free.size();
  }

  Optional<ByteBuffer> take() {
    return Optional.ofNullable(free.poll());
  }

  void giveBack(ByteBuffer buffer) {
    free.add(buffer);
  }
}
