package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.DirtyRegions;
import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.format.LogfileName;
import io.tharsis.logfiles.format.Poison;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Creates the files of a new resource: everything the log will ever need so that a full file system
 * elsewhere cannot stop it. The resource exists once its first checkpoint is durable; before that,
 * whatever a crash has left is removed and made anew.
 */
final class LogCreation {

  private record NewFile(String name, long sizeBytes) {}

  /**
   * What a new resource begins with.
   *
   * @param dirty what of the disks is to be synced; durable before the checkpoint is
   */
  record First(Checkpoint checkpoint, DirtyRegions dirty) {}

  private LogCreation() {}

  /**
   * Opens the checkpoint of an existing resource, or creates the resource.
   *
   * @param first gives what it begins with if there is none; or says why none is created
   */
  static Async<CheckpointFile> openOrCreate(
      Store store, LogLimits limits, Supplier<Async<First>> first) {
    return store
        .list()
        .then(names ->
            existing(store, names)
                .then(found ->
                    found.isPresent()
                        ? Async.of(found.get())
                        : first.get().then(it -> create(store, names, limits, it))));
  }

  /**
   * Creates a resource in place of whatever is there. The checkpoint goes first, durably: from then
   * on nothing can be opened until the new one is there, and this has to be called again.
   */
  static Async<CheckpointFile> createAnew(Store store, LogLimits limits, First first) {
    return store
        .list()
        .then(names -> {
          List<String> rest = names.stream().filter(n -> !n.equals(CheckpointFile.NAME)).toList();
          Async<Void> forgotten =
              rest.size() == names.size() ? Async.done() : store.delete(CheckpointFile.NAME);
          return forgotten
              .then(done -> store.syncDirectory())
              .then(done -> create(store, rest, limits, first));
        });
  }

  private static Async<Optional<CheckpointFile>> existing(Store store, List<String> names) {
    boolean hasLog = names.stream().anyMatch(name -> LogfileName.parse(name).isPresent());
    if (!names.contains(CheckpointFile.NAME)) {
      return hasLog ? Async.failed(noCheckpoint(store)) : Async.of(Optional.empty());
    }
    return store
        .open(CheckpointFile.NAME)
        .then(disk ->
            disk.sizeBytes() < Checkpoint.SLOTS_BYTES
                ? Async.failed(noCheckpoint(store))
                : CheckpointFile.read(disk))
        .then(found ->
            found.isEmpty() && hasLog ? Async.failed(noCheckpoint(store)) : Async.of(found));
  }

  private static LogDamage noCheckpoint(Store store) {
    return new LogDamage(
        LogDamage.Code.CHECKPOINT_DAMAGED,
        "there are logfiles in " + store.name() + ", but no checkpoint that belongs to them");
  }

  /** A resource on these disks that are what they are: its log begins here. */
  static First first(UUID resourceId, List<DiskStamp> disks) {
    return new First(checkpoint(new LogStart(resourceId, 0), disks), DirtyRegions.none(resourceId));
  }

  /** A resource on these disks, whose content other members have: all of it is to be synced. */
  static First joining(LogStart start, List<DiskStamp> disks) {
    return new First(checkpoint(start, disks), DirtyRegions.everything(start.resourceId(), disks));
  }

  /** A resource that has been a member already: only this is to be synced. */
  static First rejoining(LogStart start, List<DiskStamp> disks, DirtyRegions dirty) {
    return new First(checkpoint(start, disks), dirty);
  }

  private static Checkpoint checkpoint(LogStart start, List<DiskStamp> disks) {
    Checkpoint.Progress progress =
        new Checkpoint.Progress(start.baseLsn(), start.baseLsn(), 0, new UUID(0, 0));
    return new Checkpoint(start.resourceId(), 1, progress, disks, List.of());
  }

  private static Async<CheckpointFile> create(
      Store store, List<String> leftovers, LogLimits limits, First first) {
    List<NewFile> files = new ArrayList<>();
    files.add(new NewFile(PoisonFile.NAME, Poison.BYTES));
    SummaryFiles.NAMES.forEach(name -> files.add(new NewFile(name, limits.summaryBytes())));
    for (int i = 1; i <= limits.workingSet(); i++) {
      files.add(
          new NewFile("%s%09d".formatted(LogCandidates.SPARE_PREFIX, i), limits.logfileBytes()));
    }
    return Async.forEach(leftovers.stream().filter(LogCreation::isOurs).toList(), store::delete)
        .then(done ->
            Async.forEach(
                files, file -> store.create(file.name(), file.sizeBytes()).then(Disk::close)))
        .then(done -> store.create(DirtyFile.NAME, DirtyRegions.SLOTS_BYTES))
        .then(disk -> DirtyFile.begin(disk, first.dirty()))
        .then(done -> store.create(CheckpointFile.NAME, Checkpoint.SLOTS_BYTES))
        .then(disk -> store.syncDirectory().map(done -> disk))
        .then(disk -> CheckpointFile.create(disk, first.checkpoint()));
  }

  /** Whether a file belongs to a resource, by its name. */
  static boolean isOurs(String name) {
    return name.equals(CheckpointFile.NAME)
        || name.equals(PoisonFile.NAME)
        || name.equals(DirtyFile.NAME)
        || SummaryFiles.NAMES.contains(name)
        || LogCandidates.isOurs(name);
  }
}
