package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.DirtyRegions;
import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Store;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds out with what a replica begins anew that was a member before. Where anything of what is
 * there cannot be relied on, everything is dirty. Changes nothing.
 */
record Rejoining(Store store, LogStart start, List<DiskStamp> disks) {

  /**
   * What it begins with.
   *
   * @param delta what has changed since the checkpoint that is here, if that is known
   */
  Async<LogCreation.First> first(Optional<Delta> delta) {
    LogCreation.First everything = LogCreation.joining(start, disks);
    return delta
        .map(known -> dirty(known).orElse(cause -> Async.of(Optional.empty())))
        .orElseGet(() -> Async.of(Optional.empty()))
        .map(found ->
            found.map(dirty -> LogCreation.rejoining(start, disks, dirty)).orElse(everything));
  }

  /**
   * With what it begins beside a replica that is consistent.
   *
   * @param before that one's checkpoint
   * @param delta what has changed since then, or since before it
   */
  static LogCreation.First beside(LogStart start, Checkpoint before, Delta delta) {
    return LogCreation.rejoining(
        start, before.disks(), union(DirtyRegions.none(start.resourceId()), delta));
  }

  private Async<Optional<DirtyRegions>> dirty(Delta delta) {
    return store
        .open(CheckpointFile.NAME)
        .then(disk ->
            CheckpointFile.read(disk)
                .orElse(cause -> disk.close().then(done -> Async.failed(cause))))
        .then(found ->
            found.isEmpty()
                ? Async.of(Optional.empty())
                : found
                    .get()
                    .close()
                    .then(done ->
                        continues(found.get().inForce(), delta)
                            ? union(delta)
                            : Async.of(Optional.empty())));
  }

  private boolean continues(Checkpoint here, Delta delta) {
    return here.resourceId().equals(start.resourceId())
        && here.disks().equals(disks)
        && here.progress().checkpointLsn() >= delta.fromLsn();
  }

  private Async<Optional<DirtyRegions>> union(Delta delta) {
    return DirtyFile.open(store, start.resourceId())
        .then(found ->
            switch (found) {
              case DirtyFile.Found.Known(DirtyFile file) ->
                  file.close().map(done -> Optional.of(union(file.inForce(), delta)));
              case DirtyFile.Found.Unknown(DirtyFile file, String reason) ->
                  file.close().map(done -> Optional.empty());
            });
  }

  private static DirtyRegions union(DirtyRegions before, Delta delta) {
    SortedMap<Integer, RegionSet> all = new TreeMap<>();
    before.regions().forEach((volume, set) -> all.put(volume, set.copy()));
    delta
        .touched()
        .forEach((volume, set) -> all.computeIfAbsent(volume, any -> new RegionSet()).addAll(set));
    return new DirtyRegions(before.resourceId(), 1, before.newest(), all);
  }
}
