package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.AppliedRange;
import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.seam.Async;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Attaching: are these the disks the checkpoint speaks of, and do they hold what it says? A foreign
 * disk and an older state of the right one are refused before anything touches them.
 */
final class DiskCheck {

  private final Checkpoint checkpoint;
  private final List<VolumeCopy> volumes;

  DiskCheck(Checkpoint checkpoint, List<VolumeCopy> volumes) {
    this.checkpoint = checkpoint;
    this.volumes = volumes;
  }

  /** {@code clean} says whether nobody but the Applier has written to the disks. */
  Async<Void> run(boolean clean) {
    Optional<LogDamage> mismatch = compareStamps();
    return mismatch.isPresent()
        ? Async.failed(mismatch.get())
        : Async.forEach(clean ? checkpoint.applied() : List.of(), this::verify);
  }

  private Optional<LogDamage> compareStamps() {
    if (checkpoint.disks().size() != volumes.size()) {
      return Optional.of(
          foreign(
              "the resource has %d volumes, %d disks were given"
                  .formatted(checkpoint.disks().size(), volumes.size())));
    }
    for (VolumeCopy volume : volumes) {
      DiskStamp stamp = checkpoint.disks().get(volume.number());
      if (volume.disk().sizeBytes() < stamp.sizeBytes()) {
        return Optional.of(
            foreign(
                "%s has %d bytes, it had %d"
                    .formatted(
                        volume.disk().name(), volume.disk().sizeBytes(), stamp.sizeBytes())));
      }
      if (!stamp.isOf(volume.disk().identity())) {
        return Optional.of(
            foreign(
                "%s is not the disk that belongs to this log (that one is %s)"
                    .formatted(volume.disk().name(), stamp.shown())));
      }
    }
    return Optional.empty();
  }

  /** Ranges that un-applied log covers may have been written since; the rest must be as it was. */
  private Async<Void> verify(AppliedRange range) {
    VolumeCopy volume = volumes.get(range.volume());
    long to = range.offset() + range.lengthBytes();
    if (volume.overlay().intersects(range.offset(), to)) {
      return Async.done();
    }
    ByteBuffer content = ByteBuffer.allocateDirect(Math.toIntExact(range.lengthBytes()));
    return Async.start(done -> volume.disk().read(content, range.offset(), done))
        .then(done -> {
          CRC32C crc = new CRC32C();
          crc.update(content.duplicate());
          return (int) crc.getValue() == range.crc()
              ? Async.done()
              : Async.failed(
                  foreign(
                      "%s does not hold at offset %d what was applied to it: an older state of"
                              .formatted(volume.disk().name(), range.offset())
                          + " the disk, or changed by somebody else"));
        });
  }

  private static LogDamage foreign(String message) {
    return new LogDamage(LogDamage.Code.FOREIGN_DISK, message);
  }
}
