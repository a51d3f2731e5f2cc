package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.AppliedRange;
import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.Slots;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** The file with the two checkpoint slots. Belongs to the log's owner. */
final class CheckpointFile {

  static final String NAME = "checkpoint";

  private static final SlotFile.Layout<Checkpoint> LAYOUT =
      new SlotFile.Layout<>() {
        @Override
        public int slotBytes() {
          return Checkpoint.BYTES;
        }

        @Override
        public int encode(Checkpoint content, ByteBuffer into) {
          content.encode(into, 0);
          return Checkpoint.BYTES;
        }

        @Override
        public Reading<Checkpoint> decode(ByteBuffer from, int at) {
          return Checkpoint.decode(from, at);
        }
      };

  private final SlotFile<Checkpoint> file;

  private CheckpointFile(SlotFile<Checkpoint> file) {
    this.file = file;
  }

  /**
   * Reads the slots; empty if neither was ever written. The disk is closed unless one is in force.
   */
  static Async<Optional<CheckpointFile>> read(Disk disk) {
    return decide(disk)
        .then(decision ->
            switch (decision) {
              case Slots.Decision.InForce<Checkpoint>(var checkpoint, var other) ->
                  Async.of(
                      Optional.of(new CheckpointFile(new SlotFile<>(disk, LAYOUT, checkpoint))));
              case Slots.Decision.NeverWritten<Checkpoint>() ->
                  disk.close().map(closed -> Optional.empty());
              case Slots.Decision.Refused<Checkpoint>(String reason) ->
                  Async.failed(new LogDamage(LogDamage.Code.CHECKPOINT_DAMAGED, reason));
            });
  }

  /** Which of the two slots is in force. */
  static Async<Slots.Decision<Checkpoint>> decide(Disk disk) {
    return SlotFile.decide(disk, LAYOUT);
  }

  /** Writes the very first checkpoint: from then on the resource exists. */
  static Async<CheckpointFile> create(Disk disk, Checkpoint first) {
    CheckpointFile created = new CheckpointFile(new SlotFile<>(disk, LAYOUT, first));
    return created.makeDurable().map(done -> created);
  }

  Checkpoint inForce() {
    return file.inForce();
  }

  /**
   * Writes the checkpoint in force once more, as it is: after a kill it may have been read from a
   * page cache that is ahead of the medium, and the next update goes to the other slot.
   */
  Async<Void> makeDurable() {
    return file.write(inForce());
  }

  /** Replaces progress and applied ranges, durably. One update at a time. */
  Async<Void> update(Checkpoint.Progress progress, List<AppliedRange> applied) {
    return file.write(inForce().next(progress, applied));
  }

  /** Says of the disk of a volume that it is larger now, durably. One update at a time. */
  Async<Void> stamp(DiskStamp larger) {
    return file.write(inForce().stamped(larger));
  }

  Async<Void> close() {
    return file.close();
  }
}
