package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.log.Entry;
import io.tharsis.logfiles.log.Log;
import io.tharsis.logfiles.log.LogConfig;
import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.LogOpening;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.StageFiles;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.ForwardingDisk;
import io.tharsis.logfiles.seam.NoSpaceException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a replica has beside its new log as long as it begins anew without giving up what it was:
 * the old log, which with the disks is a consistent copy and is not touched, and a side log with
 * all that is to be put on the disks once that makes them consistent again. Owns the lock of the
 * directory, both logs, and the disks. Belongs to a {@link FollowingResource}, lives on its owner.
 */
final class Stage {

  /** Log that the side log needs beside the contents staged: headers, and the rest of blocks. */
  private static final int OVERHEAD_DIVISOR = 8;

  /** A side log is never slowed down by an Applier that does not run. */
  private static final long UNLIMITED = Long.MAX_VALUE;

  private static final Duration START_LOOKS = Duration.ofMillis(100);

  private final Seams seams;
  private final StageFiles files;
  private final ResourceConfig config;
  private final LogOpening old;
  private Optional<LoggedResource> side = Optional.empty();
  private List<StagedDisk> disks = List.of();
  private Optional<String> shortage = Optional.empty();
  private Optional<String> failure = Optional.empty();
  private boolean flipping;

  private Stage(ResourceConfig config, Seams seams, LogOpening old) {
    this.config = config;
    this.seams = seams;
    this.old = old;
    this.files = new StageFiles(seams.store());
  }

  /**
   * Opens the old log, which locks the directory, and verifies that the disks are what belongs to
   * it. Nothing of it is begun.
   */
  static Async<Stage> open(ResourceConfig config, Seams seams) {
    List<VolumeCopy> copies = VolumeCopy.of(config);
    return LogOpening.openReceived(
            seams,
            config.log(),
            copies.stream().map(VolumeCopy::stamp).toList(),
            (entry, lsn) -> cover(copies, entry, lsn))
        .then(old ->
            new DiskCheck(old.checkpoint(), copies)
                .run(true)
                .then(done -> DirtyMap.verifyConsistent(seams.store(), old))
                .map(done -> new Stage(config, seams, old))
                .orElse(old.abandoning()));
  }

  private static void cover(List<VolumeCopy> copies, Entry entry, long lsn) {
    copies.get(entry.volume()).cover(entry, lsn);
  }

  StageFiles files() {
    return files;
  }

  /** The checkpoint of the copy that counts. */
  Checkpoint before() {
    return old.checkpoint();
  }

  /**
   * Whether there is room for so much to be staged: within the space of the resource's log, which
   * is shared by old log, new log and side log, and on the file system.
   */
  Async<Void> checkRoom(long bytes) {
    long each = eachBytes();
    long set = config.log().limits().workingSet() * config.log().limits().logfileBytes();
    long needed = bytes + bytes / OVERHEAD_DIVISOR + 2 * config.log().limits().logfileBytes();
    if (each < Math.max(set, needed)) {
      return Async.failed(
          new NoSpaceException(
              "%d bytes may have to be staged, and the log has room for %d of them"
                  .formatted(bytes, Math.max(0, each))));
    }
    return seams
        .store()
        .freeBytes()
        .then(free ->
            free < set + Math.max(set, needed)
                ? Async.failed(
                    new NoSpaceException(
                        "%d bytes may have to be staged, and %d are free".formatted(bytes, free)))
                : Async.done());
  }

  /** What new log and side log may each take. */
  private long eachBytes() {
    LogLimits limits = config.log().limits();
    long rest = limits.maxLogBytes() - old.usedBytes();
    return rest / 2 / limits.logfileBytes() * limits.logfileBytes();
  }

  private LogConfig logConfig(LogLimits limits, boolean acceptLoss) {
    return new LogConfig(limits, config.log().writer(), acceptLoss);
  }

  /** Opens the side log, creating it if there is none. */
  Async<Void> openSide() {
    LogLimits limits = config.log().limits();
    LogLimits aside =
        new LogLimits(
            limits.logfileBytes(),
            limits.workingSet(),
            Math.max(eachBytes(), limits.workingSet() * limits.logfileBytes()),
            limits.batchBytes(),
            UNLIMITED,
            limits.applyWindowBytes(),
            UNLIMITED,
            limits.applyDelay(),
            limits.flushDelay(),
            limits.flushBytes(),
            limits.summaryBytes());
    ResourceConfig volumes =
        new ResourceConfig(config.name(), sideVolumes(config), logConfig(aside, false));
    return LoggedResource.openAside(volumes, seams.in(files.side()), new SideListener())
        .map(opened -> {
          side = Optional.of(opened);
          List<StagedDisk> staged = new ArrayList<>();
          for (VolumeConfig volume : config.volumes()) {
            staged.add(new StagedDisk(volume.disk(), opened.volume(staged.size()), this::prove));
          }
          disks = List.copyOf(staged);
          return null;
        });
  }

  /**
   * Below its horizon nothing of a log can be lost unnoticed, not even its newest batch. Unlike a
   * received log nobody has this one once more.
   */
  private Async<Void> prove() {
    ReadableLog log = side.orElseThrow().readableLog();
    long durable = log.marks().durable();
    return durable <= log.marks().horizon()
        ? Async.done()
        : log.moveCheckpoint(log.marks().checkpoint(), durable, List.of());
  }

  /**
   * The beginning of an epoch of a side log; fails where that has no room, which nothing would make
   * but the end of the stage.
   */
  static Async<Void> started(Log log, Clock clock) {
    Async<Void> first = new Async<>();
    log.started()
        .observe(
            done -> {
              if (!first.isDone()) {
                first.succeed(null);
              }
            },
            cause -> {
              if (!first.isDone()) {
                first.fail(cause);
              }
            });
    awaitStart(log, clock, first);
    return first;
  }

  private static void awaitStart(Log log, Clock clock, Async<Void> first) {
    if (first.isDone()) {
      return;
    }
    Optional<String> full = log.shortage();
    if (full.isPresent()) {
      first.fail(new NoSpaceException("the side log has no room: " + full.get()));
    } else {
      clock.after(START_LOOKS, () -> awaitStart(log, clock, first));
    }
  }

  private static List<VolumeConfig> sideVolumes(ResourceConfig config) {
    return config.volumes().stream()
        .map(volume ->
            new VolumeConfig(new Borrowed(volume.disk()), WriteCache.FLUSH, volume.sizeBytes()))
        .toList();
  }

  /** A disk that somebody else closes. */
  private static final class Borrowed extends ForwardingDisk {
    Borrowed(Disk behind) {
      super(behind);
    }

    @Override
    public Async<Void> close() {
      return Async.done();
    }
  }

  private final class SideListener implements ResourceListener {
    @Override
    public void progressed() {
      side.flatMap(open -> open.readableLog().shortage()).ifPresent(Stage.this::refuseWaiting);
    }

    @Override
    public void stopped(String reason) {
      if (side.isPresent()) {
        failure = Optional.of(reason);
      } else {
        // It was opened without room for more.
        shortage = Optional.of(reason);
      }
    }
  }

  private void refuseWaiting(String reason) {
    boolean refused = false;
    for (StagedDisk disk : disks) {
      refused |= disk.refuseWaiting(reason);
    }
    if (refused) {
      shortage = Optional.of("no room to stage more: " + reason);
    }
  }

  /** Where the new log is. */
  Seams fresh() {
    return seams.in(files.fresh());
  }

  /** How the new log is used: on disks as they will be. */
  ResourceConfig freshConfig() {
    List<VolumeConfig> volumes = new ArrayList<>();
    for (VolumeConfig volume : config.volumes()) {
      volumes.add(
          new VolumeConfig(disks.get(volumes.size()), volume.writeCache(), volume.sizeBytes()));
    }
    LogLimits limits = config.log().limits();
    long least = limits.workingSet() * limits.logfileBytes();
    return new ResourceConfig(
        config.name(),
        volumes,
        logConfig(limits.withMaxLogBytes(Math.max(eachBytes(), least)), config.log().acceptLoss()));
  }

  /** Nothing is staged any more, and the old log counts no more: in a moment, or now. */
  Async<Void> flip(ResourceListener listener) {
    flipping = true;
    return listener.flipping().then(done -> files.flip());
  }

  boolean isFlipping() {
    return flipping;
  }

  /**
   * Why the side log is of no use any more. What was consistent still is: such a stage is given up
   * at the next opening, and must not be flipped.
   */
  Optional<String> failure() {
    return failure;
  }

  /** The copy that counts as long as it does not flip. */
  FollowingResource.Staged status() {
    Optional<Epoch> newest = old.lineage().newest();
    return new FollowingResource.Staged(
        old.checkpoint().progress().checkpointLsn(),
        old.endLsn(),
        newest.map(Epoch::number).orElse(0L),
        newest.map(Epoch::id).orElse(old.checkpoint().progress().epochId()),
        shortage,
        flipping);
  }

  /** Stages nothing any more: what waits for room ends. */
  void halt() {
    disks.forEach(StagedDisk::halt);
  }

  /** Closes both logs and gives the lock back; the disks stay open. */
  Async<Void> close() {
    return Async.each(List.<Supplier<Async<Void>>>of(this::closeSide, old::abandon), Supplier::get);
  }

  private Async<Void> closeSide() {
    halt();
    return side.map(LoggedResource::close).orElseGet(Async::done);
  }

  /** The same, and nothing is staged any more. */
  Async<Void> giveUp() {
    return Async.each(
        List.<Supplier<Async<Void>>>of(this::closeSide, files::discard, old::abandon),
        Supplier::get);
  }

  Async<Void> closeDisks() {
    return Async.each(config.volumes(), volume -> volume.disk().close());
  }

  /**
   * Puts what the side log has on the disks, and leaves them open: if they are what they were when
   * it came to count. Whoever calls this holds the lock of the directory.
   */
  static Async<Void> apply(ResourceConfig config, Seams seams, ResourceListener listener) {
    StageFiles files = new StageFiles(seams.store());
    ResourceConfig aside =
        new ResourceConfig(
            config.name(),
            sideVolumes(config),
            new LogConfig(config.log().limits(), config.log().writer(), false));
    Seams side = seams.in(files.side());
    return new FlipCheck(aside, seams.in(files.former()), side)
        .run()
        .then(done -> new SideReplay(aside, side, listener).run())
        .orElse(cause -> Async.failed(asDamage(cause)));
  }

  /** Nobody clears the marker of a side log; without that log the disks may be no moment. */
  private static IOException asDamage(IOException cause) {
    return cause instanceof LogDamage damage && damage.code() == LogDamage.Code.POISONED
        ? new LogDamage(LogDamage.Code.INCONSISTENT, "of a side log: " + damage.getMessage())
        : cause;
  }
}
