package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.Delta;
import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.log.LogOpening;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.StageFiles;
import io.tharsis.logfiles.seam.Async;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/** Opens replicas that have a {@link Stage}, or are to get one, or have to put it on the disks. */
record Staging(ResourceConfig config, Seams seams, ResourceListener listener) {

  /**
   * Opens a replica: a stage that counts is put on the disks first, and one that does not yet is
   * resumed. A stage that cannot be used is given up: what counts is not there.
   *
   * @param only of which resource it must be, if that is known; nothing is changed otherwise
   * @param plain opens a replica without a stage
   */
  Async<FollowingResource> open(Optional<UUID> only, Supplier<Async<FollowingResource>> plain) {
    return settle(only)
        .then(phase ->
            phase == StageFiles.Phase.STAGED
                ? Stage.open(config, seams).then(stage -> resume(stage, plain))
                : plain.get());
  }

  /**
   * Opens a resource to be written here: a stage that counts is put on the disks first. One that
   * does not yet would take the place of what is written: {@code plain} gives it up, with {@link
   * #giveUp}, before anything is.
   */
  Async<LoggedResource> openToWrite(Supplier<Async<LoggedResource>> plain) {
    return settle(Optional.empty()).then(phase -> plain.get());
  }

  /** Nothing is staged any more, durably: what counts already is put on the disks before. */
  Async<Void> end() {
    return settle(Optional.empty())
        .then(phase ->
            phase == StageFiles.Phase.STAGED ? FollowingResource.giveUpStage(seams) : Async.done());
  }

  /** Nothing is staged any more, durably. Whoever calls this holds the lock of the directory. */
  Async<Void> giveUp() {
    return new StageFiles(seams.store()).discard();
  }

  private Async<StageFiles.Phase> settle(Optional<UUID> only) {
    StageFiles files = new StageFiles(seams.store());
    return seams
        .store()
        .lock()
        .then(done ->
            files
                .phase()
                .then(phase -> verify(files, phase, only).then(ours -> settle(files, phase)))
                .orElse(cause -> Async.failedAfter(seams.store().unlock(), cause)))
        .then(phase -> seams.store().unlock().map(done -> phase));
  }

  private Async<StageFiles.Phase> settle(StageFiles files, StageFiles.Phase phase) {
    return switch (phase) {
      case STAGED -> Async.of(phase);
      case NONE -> files.discard().map(gone -> phase);
      case FLIPPING, MOVING ->
          files.finish(() -> Stage.apply(config, seams, listener)).map(flipped -> phase);
    };
  }

  private Async<Void> verify(StageFiles files, StageFiles.Phase phase, Optional<UUID> only) {
    return only.isEmpty() || phase == StageFiles.Phase.NONE
        ? Async.done()
        : files
            .resourceId()
            .then(found -> found.equals(only) ? Async.done() : Async.failed(notOf(only.get())));
  }

  private LogDamage notOf(UUID resource) {
    return new LogDamage(
        LogDamage.Code.NOT_OURS, seams.store().name() + " is not of resource " + resource);
  }

  private Async<FollowingResource> resume(Stage stage, Supplier<Async<FollowingResource>> plain) {
    UUID resource = stage.before().resourceId();
    return stage
        .files()
        .freshId()
        .then(found ->
            found.equals(Optional.of(resource)) ? stage.openSide() : Async.failed(notOf(resource)))
        .then(done -> FollowingResource.openStaged(stage, listener))
        .orElse(cause ->
            cause instanceof LogDamage
                ? stage.giveUp().then(done -> plain.get())
                : Async.failedAfter(stage.close(), cause));
  }

  /**
   * Begins anew beside what is there, which must be consistent; a stage that is there already is
   * given up. Fails with {@link io.tharsis.logfiles.seam.NoSpaceException} where there is no room.
   */
  Async<FollowingResource> begin(LogStart start, Optional<Delta> delta) {
    return Stage.open(config, seams)
        .then(stage ->
            stage
                .files()
                .discard()
                .then(done -> begin(stage, start, delta))
                .orElse(cause -> Async.failedAfter(stage.giveUp(), cause)));
  }

  private Async<FollowingResource> begin(Stage stage, LogStart start, Optional<Delta> delta) {
    if (!stage.before().resourceId().equals(start.resourceId())) {
      return Async.failed(notOf(start.resourceId()));
    }
    long checkpoint = stage.before().progress().checkpointLsn();
    Delta missed =
        delta
            .filter(known -> checkpoint >= known.fromLsn())
            .orElseGet(() -> everything(checkpoint));
    return stage
        .checkRoom(bytes(missed))
        .then(done ->
            LogOpening.beside(
                stage.fresh(), config.log(), start, stage.before(), missed, (entry, lsn) -> {}))
        .then(LogOpening::abandon)
        .then(done -> stage.openSide())
        .then(done -> stage.files().stage())
        .then(done -> FollowingResource.openStaged(stage, listener));
  }

  private static long bytes(Delta delta) {
    return delta.touched().values().stream()
        .mapToLong(set -> set.count() * RegionSet.REGION_BYTES)
        .sum();
  }

  /** As large as the volumes are now: the copy that counts may be of before they grew. */
  private Delta everything(long fromLsn) {
    SortedMap<Integer, RegionSet> all = new TreeMap<>();
    for (VolumeConfig volume : config.volumes()) {
      RegionSet regions = new RegionSet();
      regions.add(0, volume.firstBytes());
      all.put(all.size(), regions);
    }
    return new Delta(fromLsn, all);
  }
}
