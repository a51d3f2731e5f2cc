package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.AppliedRange;
import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.CheckpointSlots;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The file with the two checkpoint slots. An update goes to the slot that is not in force, with one
 * durable write and no rename; one that failed is repeated in the same slot, so the other stays
 * good. Belongs to the log's owner.
 */
final class CheckpointFile {

  static final String NAME = "checkpoint";

  private final Disk disk;
  private final ByteBuffer block;
  private Checkpoint inForce;
  private boolean writing;

  private CheckpointFile(Disk disk, Checkpoint inForce) {
    this.disk = disk;
    this.inForce = inForce;
    this.block =
        ByteBuffer.allocateDirect(Checkpoint.BYTES + LogLimits.BLOCK_BYTES)
            .alignedSlice(LogLimits.BLOCK_BYTES)
            .slice(0, Checkpoint.BYTES);
  }

  /**
   * Reads the slots; empty if neither was ever written. The disk is closed unless one is in force.
   */
  static Async<Optional<CheckpointFile>> read(Disk disk) {
    return decide(disk)
        .then(decision ->
            switch (decision) {
              case CheckpointSlots.Decision.InForce(var checkpoint, var other) ->
                  Async.of(Optional.of(new CheckpointFile(disk, checkpoint)));
              case CheckpointSlots.Decision.NeverWritten() ->
                  disk.close().map(closed -> Optional.empty());
              case CheckpointSlots.Decision.Refused(String reason) ->
                  Async.failed(new LogDamage(LogDamage.Code.CHECKPOINT_DAMAGED, reason));
            });
  }

  /** Which of the two slots is in force. */
  static Async<CheckpointSlots.Decision> decide(Disk disk) {
    ByteBuffer slots = ByteBuffer.allocateDirect(CheckpointSlots.BYTES);
    return Async.start(done -> disk.read(slots, 0, done))
        .map(done ->
            CheckpointSlots.newest(
                Checkpoint.decode(slots, CheckpointSlots.Slot.A.offset()),
                Checkpoint.decode(slots, CheckpointSlots.Slot.B.offset())));
  }

  /** Writes the very first checkpoint: from then on the resource exists. */
  static Async<CheckpointFile> create(Disk disk, Checkpoint first) {
    CheckpointFile file = new CheckpointFile(disk, first);
    return file.write(first).map(done -> file);
  }

  Checkpoint inForce() {
    return inForce;
  }

  /**
   * Writes the checkpoint in force once more, as it is: after a kill it may have been read from a
   * page cache that is ahead of the medium, and the next update goes to the other slot.
   */
  Async<Void> makeDurable() {
    return write(inForce);
  }

  /** Replaces progress and applied ranges, durably. One update at a time. */
  Async<Void> update(Checkpoint.Progress progress, List<AppliedRange> applied) {
    return write(inForce.next(progress, applied));
  }

  private Async<Void> write(Checkpoint checkpoint) {
    Invariant.check(!writing, "one checkpoint update at a time");
    writing = true;
    checkpoint.encode(block, 0);
    Extent extent = Extent.of(checkpoint.slot().offset(), block);
    return Async.start(done -> disk.write(List.of(extent), Durability.DURABLE, done))
        .map(done -> {
          writing = false;
          inForce = checkpoint;
          return (Void) null;
        })
        .orElse(cause -> {
          writing = false;
          return Async.failed(cause);
        });
  }

  Async<Void> close() {
    return disk.close();
  }
}
