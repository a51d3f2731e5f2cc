package io.tharsis.logfiles.log;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Store;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * A copy of the beginning of a file, which is there wholly or not at all. Belongs to a {@link
 * Rewinding}.
 *
 * @param store the directory
 * @param name of the copy
 */
record BranchCopy(Store store, String name) {

  private static final int CHUNK_BYTES = 1 << 20;

  /** Makes it, durably, unless it is there. */
  Async<Void> make(Disk from, long bytes) {
    String part = LogBranches.PART + name;
    return store
        .list()
        .then(names -> {
          if (names.contains(name)) {
            return Async.done();
          }
          Async<Void> gone = names.contains(part) ? store.delete(part) : Async.done();
          return gone.then(done -> store.create(part, bytes))
              .then(into -> copy(from, into, bytes))
              .then(done -> store.rename(part, name))
              .then(done -> store.syncDirectory());
        });
  }

  private static Async<Void> copy(Disk from, Disk into, long bytes) {
    long[] at = {0};
    return Async.<Boolean>repeat(
            () -> {
              if (at[0] == bytes) {
                return Async.of(Optional.of(true));
              }
              long offset = at[0];
              int length = (int) Math.min(CHUNK_BYTES, bytes - offset);
              ByteBuffer chunk = LogBuffers.aligned(length);
              at[0] += length;
              return Async.start(done -> from.read(chunk, offset, done))
                  .then(done ->
                      Async.start(written ->
                          into.write(
                              List.of(Extent.of(offset, chunk)), Durability.BUFFERED, written)))
                  .map(done -> Optional.empty());
            })
        .then(done -> Async.start(into::sync))
        .then(done -> into.close());
  }

  /**
   * Overwrites a range of a logfile, durably, from its end to its beginning: whatever is left of it
   * after a crash is the beginning of what was there.
   */
  static Async<Void> wipe(Disk disk, long from, long to) {
    long[] end = {to};
    return Async.<Boolean>repeat(
            () -> {
              if (end[0] <= from) {
                return Async.of(Optional.of(true));
              }
              long begin = Math.max(from, end[0] - CHUNK_BYTES);
              Extent blank = Extent.of(begin, LogBuffers.aligned((int) (end[0] - begin)));
              end[0] = begin;
              return Async.start(done -> disk.write(List.of(blank), Durability.DURABLE, done))
                  .map(done -> Optional.empty());
            })
        .map(done -> null);
  }
}
