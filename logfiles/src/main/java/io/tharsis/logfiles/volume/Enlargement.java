package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.log.LogOpening;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Makes disks ready for larger volumes: long enough, zeros where the volume will grow into, all of
 * that durable, and then the checkpoint says so. The volume is as large as before. May be repeated,
 * and goes on where a crash has ended it; one at a time for each resource.
 *
 * @param checkpoint the one in force
 * @param stamping makes a stamp durable with the next one
 */
record Enlargement(Supplier<Checkpoint> checkpoint, Function<DiskStamp, Async<Void>> stamping) {

  /** Zeroed at once: a device may have to write them. */
  private static final long SLICE_BYTES = 64L << 20;

  static Enlargement of(ReadableLog log) {
    return new Enlargement(log::checkpoint, log::stampDisk);
  }

  static Enlargement of(LogOpening opening) {
    return new Enlargement(opening::checkpoint, opening::stampDisk);
  }

  /** Succeeds when the disk is ready for the volume to have that size. */
  Async<Void> prepare(VolumeCopy copy, long sizeBytes) {
    long ready = readyBytes(copy);
    if (sizeBytes <= ready) {
      return Async.done();
    }
    return copy.disk()
        .grow(sizeBytes)
        .then(done -> zero(copy, ready, sizeBytes))
        .then(done -> copy.sync())
        .then(done -> stamping.apply(copy.stamp(sizeBytes)));
  }

  /** How large the volume could be with the disk as it is known to be. */
  long readyBytes(VolumeCopy copy) {
    return checkpoint.get().disk(copy.number()).sizeBytes();
  }

  private static Async<Void> zero(VolumeCopy copy, long from, long to) {
    long[] at = {from};
    return Async.<Boolean>repeat(
            () -> {
              if (at[0] == to) {
                return Async.of(Optional.of(true));
              }
              Range slice = new Range(at[0], Math.min(to, at[0] + SLICE_BYTES));
              at[0] = slice.to();
              return Async.start(done -> copy.disk().punch(slice, done))
                  .map(done -> Optional.empty());
            })
        .map(done -> null);
  }
}
