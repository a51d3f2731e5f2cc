package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.DirtyRegions;
import io.tharsis.logfiles.format.DirtyRegions.Stamp;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.DirtyFile;
import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.log.LogOpening;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Which regions of a replica's volumes must still be synced, and how new the newest content is that
 * a sync has put there. Belongs to its {@link FollowingResource} and lives on its owner.
 *
 * <p>What is durable never says less dirty than the disks are: a region becomes dirty there before
 * it is touched, and clean, together with the stamp of what it got, only after a sync of its disk
 * has succeeded. If any sync of a disk fails, everything that became clean since the last one that
 * is durable is dirty again, because the host may have dropped it.
 */
public final class DirtyMap {

  private final DirtyFile file;
  private final List<VolumeCopy> volumes;
  private final SortedMap<Integer, RegionSet> regions = new TreeMap<>();
  private Stamp newest;
  private Optional<String> doubt;
  private boolean changed;
  private long failedSyncs;
  private Async<Void> lastUpdate = Async.done();
  private Optional<String> problem = Optional.empty();

  private DirtyMap(DirtyFile file, List<VolumeCopy> volumes, Optional<String> doubt) {
    this.file = file;
    this.volumes = volumes;
    this.doubt = doubt;
    this.newest = file.inForce().newest();
    for (VolumeCopy volume : volumes) {
      Optional<RegionSet> known =
          Optional.ofNullable(file.inForce().regions().get(volume.number()));
      regions.put(volume.number(), known.map(RegionSet::copy).orElseGet(RegionSet::new));
    }
  }

  /** Opens the map of a resource whose directory is locked. */
  static Async<DirtyMap> open(Store store, UUID resourceId, List<VolumeCopy> volumes) {
    return DirtyFile.open(store, resourceId)
        .then(found ->
            switch (found) {
              case DirtyFile.Found.Known(DirtyFile file) ->
                  Async.of(new DirtyMap(file, volumes, Optional.empty()));
              case DirtyFile.Found.Unknown(DirtyFile file, String reason) ->
                  new DirtyMap(file, volumes, Optional.of(reason)).beginAnew();
            });
  }

  /**
   * Refuses a replica that is about to be written at this node unless its disks, with the log that
   * was opened on top, are a state of the volumes that once was.
   */
  static Async<Void> verifyConsistent(Store store, LogOpening log) {
    return DirtyFile.open(store, log.checkpoint().resourceId())
        .then(found -> {
          Optional<String> inconsistency = inconsistency(found, log);
          return fileOf(found)
              .close()
              .then(done ->
                  inconsistency.isEmpty()
                      ? Async.done()
                      : Async.failed(
                          new LogDamage(
                              LogDamage.Code.INCONSISTENT,
                              inconsistency.get() + ". It must be synced from another member.")));
        });
  }

  private static DirtyFile fileOf(DirtyFile.Found found) {
    return switch (found) {
      case DirtyFile.Found.Known(DirtyFile file) -> file;
      case DirtyFile.Found.Unknown(DirtyFile file, String reason) -> file;
    };
  }

  private static Optional<String> inconsistency(DirtyFile.Found found, LogOpening log) {
    if (found instanceof DirtyFile.Found.Unknown(DirtyFile file, String reason)) {
      return Optional.of("what of this replica was synced cannot be told: " + reason);
    }
    DirtyRegions known = fileOf(found).inForce();
    if (!known.isEmpty()) {
      return Optional.of("parts of this replica were not synced");
    }
    if (known.newest().isStray(log.lineage())) {
      return Optional.of(stray(known.newest()));
    }
    return known.newest().lsn() > log.endLsn()
        ? Optional.of(
            "this replica was synced up to LSN %d and its log ends at %d"
                .formatted(known.newest().lsn(), log.endLsn()))
        : Optional.empty();
  }

  private static String stray(Stamp stamp) {
    return "this replica was synced from a branch of its log, up to LSN %d".formatted(stamp.lsn());
  }

  /** Whether a sync has put contents of a branch on the disks, as the log tells by now. */
  boolean isStray(Lineage lineage) {
    return newest.isStray(lineage);
  }

  /** Contents of a branch may be anywhere: all is dirty. Succeeds when that is durable. */
  Async<Void> giveUpStray() {
    doubt = Optional.of(stray(newest) + ": all of it is compared");
    newest = Stamp.NONE;
    addAll();
    return persist();
  }

  private Async<DirtyMap> beginAnew() {
    addAll();
    // Twice, so that nothing of what cannot be relied on is left in either slot.
    return persist()
        .then(done -> persist())
        .map(done -> this)
        .orElse(cause -> file.close().then(done -> Async.failed(cause)));
  }

  private void addAll() {
    volumes.forEach(volume -> dirty(volume).add(0, volume.sizeBytes()));
  }

  private RegionSet dirty(VolumeCopy volume) {
    return regions.get(volume.number());
  }

  /** Why everything was called dirty, if what was known was lost or of no use. */
  public Optional<String> doubt() {
    return doubt;
  }

  /** Why the last change could not be made durable; it is tried again. */
  public Optional<String> problem() {
    return problem;
  }

  /** Whether there is nothing left to be synced, and a crash would not change that. */
  public boolean isDurablyEmpty() {
    return file.inForce().isEmpty();
  }

  /** Whether there is nothing left to be synced. */
  public boolean isEmpty() {
    return regions.values().stream().allMatch(RegionSet::isEmpty);
  }

  /** The newest content that a sync has put on the disks. */
  public Stamp newest() {
    return newest;
  }

  /** Bytes of a volume that are dirty. */
  public long dirtyBytes(int volume) {
    long size = volumes.get(volume).sizeBytes();
    long bytes = regions.get(volume).count() * RegionSet.REGION_BYTES;
    long beyond = Math.floorMod(-size, RegionSet.REGION_BYTES);
    return regions.get(volume).contains(size - 1) ? bytes - beyond : bytes;
  }

  /** Bytes that are dirty, all volumes together. */
  public long dirtyBytes() {
    return volumes.stream().mapToLong(volume -> dirtyBytes(volume.number())).sum();
  }

  /** Whether a part of a range is dirty. */
  public boolean isDirty(int volume, Range range) {
    return regions
        .get(volume)
        .firstFrom(range.from())
        .filter(run -> run.from() < range.to())
        .isPresent();
  }

  /** The next dirty bytes of a volume at or above {@code offset}, at most {@code maxBytes}. */
  public Optional<Range> next(int volume, long offset, long maxBytes) {
    long end = volumes.get(volume).sizeBytes();
    return regions
        .get(volume)
        .firstFrom(offset / RegionSet.REGION_BYTES * RegionSet.REGION_BYTES)
        .filter(run -> run.from() < end)
        .map(
            run -> new Range(run.from(), Math.min(Math.min(run.to(), end), run.from() + maxBytes)));
  }

  /**
   * Whether all of a range is dirty, now and after a crash: only then may it be touched. What is
   * clean already may be about to be written down as clean, with a stamp that is older.
   */
  boolean mayTouch(int volume, Range range) {
    Optional<RegionSet> durable = Optional.ofNullable(file.inForce().regions().get(volume));
    return durable.filter(set -> hasAll(set, range)).isPresent()
        && hasAll(regions.get(volume), range);
  }

  private static boolean hasAll(RegionSet set, Range range) {
    for (long at = range.from(); at < range.to(); at += RegionSet.REGION_BYTES) {
      if (!set.contains(at)) {
        return false;
      }
    }
    return set.contains(range.to() - 1);
  }

  /** More is dirty; succeeds when that is durable. */
  Async<Void> add(int volume, RegionSet more) {
    VolumeCopy copy = volumes.get(volume);
    more.runs((from, to) -> {
      long end = Math.min(to, copy.sizeBytes());
      if (from < end) {
        dirty(copy).add(from, end - from);
      }
    });
    return persist();
  }

  /** A range is on its disk as the stamp says, though perhaps not stable. */
  void synced(int volume, Range range, Stamp stamp) {
    Invariant.check(mayTouch(volume, range), "a clean range was synced", volume, range);
    boolean isEnd = range.to() == volumes.get(volume).sizeBytes();
    long end = isEnd ? range.to() + RegionSet.REGION_BYTES - 1 : range.to();
    regions.get(volume).remove(range.from(), end - range.from());
    if (stamp.lsn() > newest.lsn()) {
      newest = stamp;
    }
    changed = true;
  }

  /** Makes what has changed durable, if something has. */
  Async<Void> persistChanges() {
    return changed ? persist() : Async.done();
  }

  private Async<Void> persist() {
    lastUpdate = lastUpdate.orElse(failed -> Async.done()).then(done -> update());
    return lastUpdate;
  }

  private Async<Void> update() {
    if (countFailedSyncs() != failedSyncs) {
      distrust();
    }
    SortedMap<Integer, RegionSet> snapshot = new TreeMap<>();
    regions.forEach((volume, set) -> {
      if (!set.isEmpty()) {
        snapshot.put(volume, set.copy());
      }
    });
    Stamp stamp = newest;
    Async<Void> stable = changed ? syncDisks() : Async.done();
    changed = false;
    return stable
        .then(done -> file.update(stamp, snapshot))
        .map(done -> {
          problem = Optional.empty();
          return (Void) null;
        })
        .orElse(cause -> {
          changed = true;
          problem = Optional.of(String.valueOf(cause.getMessage()));
          return Async.failed(cause);
        });
  }

  private Async<Void> syncDisks() {
    return Async.forEach(volumes, VolumeCopy::sync)
        .then(done ->
            countFailedSyncs() == failedSyncs
                ? Async.done()
                : Async.failed(new IOException("a sync of the disks failed meanwhile")));
  }

  private long countFailedSyncs() {
    return volumes.stream().mapToLong(VolumeCopy::failedSyncs).sum();
  }

  private void distrust() {
    failedSyncs = countFailedSyncs();
    file.inForce().regions().forEach((volume, set) -> regions.get(volume).addAll(set));
  }

  Async<Void> close() {
    return lastUpdate.orElse(failed -> Async.done()).then(done -> file.close());
  }
}
