package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Poison;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/**
 * The preallocated block that says that the log takes no more writes, outside of the logfile that
 * failed. Belongs to the log's owner.
 */
final class PoisonFile {

  static final String NAME = "poison";

  private final Disk disk;

  PoisonFile(Disk disk) {
    this.disk = disk;
  }

  /** What the marker of this resource's log says. */
  Async<Reading<Poison>> read(UUID resourceId) {
    ByteBuffer block = ByteBuffer.allocateDirect(Poison.BYTES);
    return Async.start(done -> disk.read(block, 0, done))
        .map(done -> Poison.decode(block, 0, resourceId));
  }

  Async<Void> mark(Poison poison) {
    ByteBuffer block = LogBuffers.aligned(Poison.BYTES);
    poison.encode(block, 0);
    return write(block);
  }

  Async<Void> clear() {
    return write(LogBuffers.aligned(Poison.BYTES));
  }

  private Async<Void> write(ByteBuffer block) {
    return Async.start(done -> disk.write(List.of(Extent.of(0, block)), Durability.DURABLE, done));
  }

  Async<Void> close() {
    return disk.close();
  }
}
