package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.DirtyRegions.Stamp;
import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.log.Delta;
import io.tharsis.logfiles.log.Entry;
import io.tharsis.logfiles.log.Fork;
import io.tharsis.logfiles.log.LogOpening;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.ReceivedLog;
import io.tharsis.logfiles.log.Rewinding;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.StageFiles;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * A resource at a secondary: a log that another member writes, the copies of its volumes, the
 * Applier between them, and what of the copies must still be synced. Lives on its owner; all
 * methods are called there. Its disks, as far as they are not dirty, hold nothing but log that was
 * durable here first, and contents that a sync has put there.
 */
public final class FollowingResource {

  private static final Duration TICK = Duration.ofSeconds(1);

  private final ResourceConfig config;
  private final Seams seams;
  private final ResourceListener listener;
  private final List<VolumeCopy> volumes;
  private final Async<Void> closed = new Async<>();
  private final Optional<Stage> stage;
  private FollowingState state = new FollowingState.Following();
  private Optional<Parts> open = Optional.empty();
  private Optional<Async<Void>> ending = Optional.empty();
  private boolean replayPaused;
  private boolean flipUnderWay;
  private final TakeOver takeOver = new TakeOver(this);

  /**
   * What a replica is that begins anew beside what it was, until what it needs for that is here.
   *
   * @param checkpointLsn everything below is on its disks
   * @param durableLsn everything below is in the log that belongs to them
   * @param epochNumber of the newest epoch in that
   * @param epochId of the newest logfile in that
   * @param problem why no more can be staged; empty if it can
   * @param flipping whether the new log counts already; the disks are brought to it when the
   *     replica is opened again
   */
  public record Staged(
      long checkpointLsn,
      long durableLsn,
      long epochNumber,
      UUID epochId,
      Optional<String> problem,
      boolean flipping) {}

  record Parts(ReceivedLog log, Applier applier, Growth growth, SyncWrites sync) {}

  private FollowingResource(
      ResourceConfig config, Seams seams, ResourceListener listener, Optional<Stage> stage) {
    this(config, seams, listener, stage, VolumeCopy.of(config));
  }

  private FollowingResource(
      ResourceConfig config,
      Seams seams,
      ResourceListener listener,
      Optional<Stage> stage,
      List<VolumeCopy> volumes) {
    this.config = config;
    this.seams = seams;
    this.listener = listener;
    this.stage = stage;
    this.volumes = volumes;
  }

  /**
   * Opens a resource that is there: locks, recovers, verifies the disks as far as they are not
   * dirty. Fails with {@link io.tharsis.logfiles.log.LogDamage} where a refusal is right. What was
   * staged goes on, or is put on the disks before.
   */
  public static Async<FollowingResource> open(
      ResourceConfig config, Seams seams, ResourceListener listener) {
    return new Staging(config, seams, listener)
        .open(Optional.empty(), () -> openHere(config, seams, listener));
  }

  /** The same where nothing can be staged. */
  static Async<FollowingResource> openHere(
      ResourceConfig config, Seams seams, ResourceListener listener) {
    FollowingResource resource = new FollowingResource(config, seams, listener, Optional.empty());
    return LogOpening.openReceived(seams, config.log(), resource.stamps(), resource::recovered)
        .then(resource::attach);
  }

  /**
   * Makes this node a member, or opens what an earlier call has made: the log begins at {@code
   * start}, and all of the disks is dirty.
   */
  public static Async<FollowingResource> join(
      ResourceConfig config, LogStart start, Seams seams, ResourceListener listener) {
    FollowingResource resource = new FollowingResource(config, seams, listener, Optional.empty());
    return new Staging(config, seams, listener)
        .open(
            Optional.of(start.resourceId()),
            () ->
                LogOpening.join(seams, config.log(), start, resource.stamps(), resource::recovered)
                    .then(resource::attach));
  }

  /** A replica beside what it was; if that fails the stage stays open. */
  static Async<FollowingResource> openStaged(Stage stage, ResourceListener listener) {
    ResourceConfig config = stage.freshConfig();
    FollowingResource resource =
        new FollowingResource(config, stage.fresh(), listener, Optional.of(stage));
    return LogOpening.openReceived(
            stage.fresh(), config.log(), resource.stamps(), resource::recovered)
        .then(resource::attach);
  }

  /**
   * Makes this node a member anew beside what it is, which must be consistent and stays so: nothing
   * reaches its disks before all is here that makes them consistent again. Then, and after {@link
   * #flip}, the replica stops, and the next {@link #open} puts that on the disks. Fails with {@link
   * io.tharsis.logfiles.seam.NoSpaceException} where there is no room for that.
   *
   * @param delta what has changed since this replica's checkpoint, if that is known
   */
  public static Async<FollowingResource> beginBeside(
      ResourceConfig config,
      LogStart start,
      Optional<Delta> delta,
      Seams seams,
      ResourceListener listener) {
    return new Staging(config, seams, listener).begin(start, delta);
  }

  /**
   * Gives up what is staged: the replica is what it was. It is not open; what counts already cannot
   * be given up.
   */
  public static Async<Void> giveUpStage(Seams seams) {
    StageFiles files = new StageFiles(seams.store());
    return files
        .phase()
        .then(phase -> phase == StageFiles.Phase.STAGED ? files.discard() : Async.done());
  }

  /**
   * Makes this node a member anew, whatever its log was: as {@link #join}, with {@link
   * LogOpening#rejoin}'s conditions.
   *
   * @param delta what has changed since this replica's checkpoint, if that is known
   */
  public static Async<FollowingResource> rejoin(
      ResourceConfig config,
      LogStart start,
      Optional<Delta> delta,
      Seams seams,
      ResourceListener listener) {
    FollowingResource resource = new FollowingResource(config, seams, listener, Optional.empty());
    return LogOpening.rejoin(
            seams, config.log(), start, delta, resource.stamps(), resource::recovered)
        .then(resource::attach);
  }

  /**
   * Opens a resource whose log goes beyond a fork, as a secondary of those who have gone on
   * differently there: what is beyond is kept as a {@link io.tharsis.logfiles.log.LogBranches
   * branch}, and the log ends at the fork. If nothing of the branch has reached the disks the
   * replica is as consistent as it was; otherwise what the branch has touched is dirty. Where there
   * is nothing beyond the fork this is {@link #open}. What was staged beside the replica is given
   * up, or is put on the disks before if it counts already. May be repeated. Fails with {@link
   * io.tharsis.logfiles.log.CannotRewind} where the log does not reach back to the fork: then the
   * replica must begin anew.
   */
  public static Async<FollowingResource> openRewound(
      ResourceConfig config, Seams seams, Fork fork, ResourceListener listener) {
    return new Staging(config, seams, listener)
        .end()
        .then(done -> Rewinding.run(seams, fork))
        .then(done -> openHere(config, seams, listener));
  }

  /** A primary that has ceded its role, and is quiet, goes on as a secondary. */
  static Async<FollowingResource> after(
      LoggedResource before, DirtyMap dirty, ResourceListener listener) {
    List<VolumeCopy> copies = before.copies();
    FollowingResource resource =
        new FollowingResource(before.config(), before.seams(), listener, Optional.empty(), copies);
    ReceivedLog log = before.log().receive(resource.new LogListener());
    before.applier().continueIn(log, resource::progressed);
    return resource.begin(
        log, before.applier(), dirty, copies.stream().map(VolumeCopy::sizeBytes).toList());
  }

  private List<DiskStamp> stamps() {
    return volumes.stream().map(VolumeCopy::stamp).toList();
  }

  private void recovered(Entry entry, long lsn) {
    Invariant.check(entry.volume() < volumes.size(), "volume in log", entry.volume());
    volumes.get(entry.volume()).receive(entry, lsn);
  }

  private Async<FollowingResource> attach(LogOpening opening) {
    OpenedSizes sizes = new OpenedSizes(opening, volumes);
    List<Long> wanted = sizes.wanted(config.volumes());
    sizes.tellReady(wanted);
    return DirtyMap.open(seams.store(), opening.checkpoint().resourceId(), volumes)
        .then(dirty ->
            new DiskCheck(opening.checkpoint(), volumes)
                .run(dirty.isDurablyEmpty())
                .<DirtyMap>map(done -> dirty)
                .orElse(cause -> dirty.close().then(done -> Async.failed(cause))))
        .orElse(opening.abandoning())
        .then(dirty -> {
          ReceivedLog log = opening.receive(new LogListener());
          Applier applier = new Applier(log, seams.clock(), volumes, this::progressed);
          return begin(log, applier, dirty, wanted);
        });
  }

  private Async<FollowingResource> begin(
      ReceivedLog log, Applier applier, DirtyMap dirty, List<Long> wanted) {
    listener.begun(log);
    SyncWrites sync = new SyncWrites(log, applier, volumes, dirty, this::progressed);
    Growth growth = new Growth(log, applier, seams.clock(), volumes, this::progressed);
    open = Optional.of(new Parts(log, applier, growth, sync));
    replayPaused = stage.isPresent() || !listener.replays();
    if (replayPaused) {
      applier.pause();
    }
    growth.begin(wanted);
    tick();
    return sync.begin()
        .map(done -> {
          progressed();
          return this;
        })
        .orElse(
            cause -> closeOwn().orElse(again -> Async.done()).then(done -> Async.failed(cause)));
  }

  private final class LogListener implements ReceivedLog.Listener {
    @Override
    public void changed(Entry entry, long lsn) {
      recovered(entry, lsn);
    }

    @Override
    public void stateChanged(StateSnapshot changed) {
      parts().sync().logWentOn();
      parts().growth().stateChanged(changed);
    }

    @Override
    public void progressed() {
      FollowingResource.this.progressed();
    }

    @Override
    public void stopped(String reason) {
      stop(reason);
    }

    @Override
    public void spaceShort() {
      listener.spaceShort();
    }
  }

  private void stop(String reason) {
    if (state instanceof FollowingState.Following) {
      state = new FollowingState.Stopped(reason);
    }
    listener.stopped(reason);
  }

  Parts parts() {
    return open.orElseThrow(() -> new Invariant.Broken("the resource is not open yet"));
  }

  /** The name of the resource. */
  public String name() {
    return config.name();
  }

  /** Id of the resource. */
  public UUID id() {
    return log().resourceId();
  }

  /** The executor it lives on. */
  public Owner owner() {
    return seams.owner();
  }

  /** How many volumes it has. */
  public int volumeCount() {
    return volumes.size();
  }

  /** Size of a volume in bytes. */
  public long volumeBytes(int volume) {
    return volumes.get(volume).sizeBytes();
  }

  /** See {@link LoggedResource#prepareSize}. */
  public Async<Void> prepareSize(int volume, long sizeBytes) {
    return parts().growth().prepare(volume, sizeBytes);
  }

  /** The log: what was fetched is put into it, and other members may fetch from it. */
  public ReceivedLog log() {
    return parts().log();
  }

  /** What must still be synced. */
  public DirtyMap dirty() {
    return parts().sync().dirty();
  }

  /** Whether the disks with the log on top are a state of the volumes that once was. */
  public boolean isConsistent() {
    return stage.map(it -> !it.isFlipping()).orElseGet(parts().sync()::isConsistent);
  }

  /** What it is beside its log; empty unless it begins anew so. */
  public Optional<Staged> staged() {
    return stage.map(Stage::status);
  }

  /**
   * What is staged counts from now on, whether or not it is all: then the disks are not consistent
   * before the rest has been synced. Only while another member is consistent, or by an operator's
   * word. The replica stops, to be opened again.
   */
  public void flip() {
    stage
        .filter(it -> !it.isFlipping() && it.failure().isEmpty() && !isOver())
        .ifPresent(this::flip);
  }

  private void flip(Stage staged) {
    flipUnderWay = true;
    staged
        .flip(listener)
        .observe(
            done -> {
              flipUnderWay = false;
              stop("what was staged is to be put on the disks");
              owner().execute(this::progressed);
            },
            cause -> {
              flipUnderWay = false;
              seams.clock().after(TICK, () -> flipAgain(staged));
              owner().execute(this::progressed);
            });
  }

  private void flipAgain(Stage staged) {
    if (!isOver()) {
      flip(staged);
    }
  }

  /** All of it is durable here: new log up to the newest content, and the contents. */
  private boolean isStageComplete() {
    DirtyMap dirty = dirty();
    return dirty.isEmpty()
        && dirty.isDurablyEmpty()
        && dirty.newest().lsn() <= log().marks().durable();
  }

  /**
   * Makes sure that {@link #takeOver} will not take long, as far as that can be: makes the next
   * logfile ready and learns what of the disks has space. May be called at any time and again.
   * Fails, and says why, where this replica cannot take over as it is.
   */
  public Async<Void> prepareTakeOver() {
    return takeOver.prepare();
  }

  /**
   * Goes on as the primary, with the log, the disks and the lock as they are, however much of the
   * log is not applied yet: nothing is read, and nothing waits for the Applier. Log that has been
   * accepted becomes durable before, and none is taken any more; the new epoch begins behind it.
   *
   * <p>Where this fails because the replica cannot take over as it is, it stays what it is. Where
   * it fails later it is closed, disks included, and is opened again as what it is to be then.
   * After success this is over, and has no files any more.
   *
   * @param succession the epoch that begins
   * @param to told of the same log that it has begun
   */
  public Async<LoggedResource> takeOver(Succession succession, ResourceListener to) {
    return takeOver.run(succession, to);
  }

  ResourceConfig config() {
    return config;
  }

  Seams seams() {
    return seams;
  }

  List<VolumeCopy> copies() {
    return volumes;
  }

  boolean isFollowing() {
    return state instanceof FollowingState.Following;
  }

  /** Another role of this node has the files from now on. */
  void handedOn() {
    state = new FollowingState.Closed();
    parts().growth().halt();
    closed.succeed(null);
  }

  /** Stops putting log on the disks after what is under way; the log itself goes on. */
  public void pauseReplay() {
    replayPaused = true;
    parts().applier().pause();
  }

  /** Goes on putting log on the disks. */
  public void resumeReplay() {
    replayPaused = false;
    if (stage.isEmpty()) {
      parts().applier().resume();
    } else {
      progressed();
    }
  }

  /**
   * Keeps the log off a range of a volume until the hold is released; its checkpoint is what a
   * request for the content of that range must name. Waits for at most one run of the Applier.
   */
  public Async<Hold> hold(int volume, Range range) {
    Invariant.check(range.to() <= volumeBytes(volume), "range of a volume", range);
    if (takeOver.isUnderWay()) {
      return Async.failed(new IOException("the replica takes another role"));
    }
    return parts().applier().hold(volume, range);
  }

  /** See {@link LoggedResource#stand}. */
  public Async<Long> stand() {
    return parts().applier().stand();
  }

  /** See {@link LoggedResource#standAt}. */
  public Async<Long> standAt(long lsn) {
    return parts().applier().standAt(lsn);
  }

  /** See {@link LoggedResource#goOn}. */
  public void goOn() {
    parts().applier().goOn();
  }

  /**
   * Makes regions dirty; succeeds when that is durable and so contents may be put there.
   *
   * @param regions what must be synced; what is beyond the volume's end is ignored
   */
  public Async<Void> makeDirty(int volume, RegionSet regions) {
    return parts().sync().makeDirty(volume, regions);
  }

  /**
   * Puts another member's content on a range that is held and dirty; the range is clean then. Not
   * stable yet: that, and that it is clean, becomes durable soon, by itself.
   *
   * @param content as long as the range; unchanged until the outcome
   * @param stamp how new it is: not older than the hold's checkpoint, of this log's history
   */
  public Async<Void> put(Hold hold, ByteBuffer content, Stamp stamp) {
    return parts().sync().put(hold, content, stamp);
  }

  /** The same for a range that is all zeros there. */
  public Async<Void> putZeros(Hold hold, Stamp stamp) {
    return parts().sync().putZeros(hold, stamp);
  }

  /** The same where the disk was found to hold that content already, since the hold was granted. */
  public Async<Void> confirm(Hold hold, Stamp stamp) {
    return parts().sync().confirm(hold, stamp);
  }

  /** Fills the remaining bytes of {@code into} (direct) from the disk, as it is. */
  public Async<Void> readDisk(int volume, long offset, ByteBuffer into) {
    return parts().sync().read(volume, offset, into);
  }

  /**
   * Reads the disk as a content for another member. Fails unless this replica is consistent all the
   * while.
   */
  public Async<ContentStamp> readStamped(int volume, long offset, ByteBuffer into) {
    return parts().sync().readStamped(volume, offset, into);
  }

  private void tick() {
    seams
        .clock()
        .after(
            TICK,
            () -> {
              if (!isOver()) {
                parts().sync().persist();
                tick();
              }
            });
  }

  private boolean isOver() {
    return switch (state) {
      case FollowingState.Following following -> false;
      case FollowingState.Stopped stopped -> false;
      case FollowingState.Failed failed -> true;
      case FollowingState.Closing closing -> true;
      case FollowingState.Closed done -> true;
    };
  }

  void progressed() {
    if (open.isEmpty()) {
      return;
    }
    takeOver.advance();
    if (!isOver()) {
      parts().applier().notice(true);
      if (stage.isPresent() && !replayPaused && isStageComplete()) {
        flip();
      }
      stage
          .filter(it -> !it.isFlipping() && state instanceof FollowingState.Following)
          .flatMap(Stage::failure)
          .ifPresent(this::stop);
      listener.progressed();
    }
    if (state instanceof FollowingState.Closing && isQuiet()) {
      closeFiles();
    }
  }

  private boolean isQuiet() {
    return !parts().applier().isActive()
        && !parts().sync().isBusy()
        && !parts().growth().isBusy()
        && !takeOver.isBusy()
        && !flipUnderWay;
  }

  /** How it is doing. */
  public FollowingStatus status() {
    var marks = log().marks();
    return new FollowingStatus(
        state,
        parts().applier().state(),
        ResourceStatus.Marks.of(marks),
        new FollowingStatus.LogSpace(
            log().usedBytes(),
            log().limits().maxLogBytes(),
            log().heldBytes(),
            log().shortage(),
            volumes.stream().mapToLong(volume -> volume.overlay().memoryBytes()).sum(),
            log().limits().overlayMemoryBytes()),
        syncStatus(),
        parts().applier().appliedBytes());
  }

  private FollowingStatus.Sync syncStatus() {
    FollowingStatus.Sync sync = parts().sync().status();
    return new FollowingStatus.Sync(
        isConsistent(), sync.dirtyBytes(), sync.newestLsn(), sync.problems());
  }

  /** A message of this resource threw: a bug. Only opening it anew helps. */
  public void fail(String reason) {
    if (!(state instanceof FollowingState.Failed || state instanceof FollowingState.Closed)) {
      state = new FollowingState.Failed(reason);
      open.ifPresent(parts -> {
        parts.applier().halt();
        parts.growth().halt();
      });
    }
  }

  /**
   * Finishes what is in flight, closes all files, the disks included, and gives the lock back. What
   * is not applied is applied after the next opening. Every hold must be released.
   */
  public Async<Void> close() {
    if (ending.isEmpty() && stage.isPresent()) {
      Stage staged = stage.get();
      ending =
          Optional.of(
              Async.each(
                  List.<Supplier<Async<Void>>>of(this::closeOwn, staged::close, staged::closeDisks),
                  Supplier::get));
    }
    return ending.orElseGet(this::closeOwn);
  }

  private Async<Void> closeOwn() {
    if (state instanceof FollowingState.Failed(String reason)) {
      return Async.failed(new IOException("not closed in order because of a bug: " + reason));
    }
    boolean isFirst =
        !(state instanceof FollowingState.Closing || state instanceof FollowingState.Closed);
    if (isFirst) {
      state = new FollowingState.Closing();
      parts().applier().halt();
      parts().growth().halt();
      stage.ifPresent(Stage::halt);
      owner().execute(this::progressed);
    }
    return closed;
  }

  private void closeFiles() {
    state = new FollowingState.Closed();
    Async.each(
            List.<Supplier<Async<Void>>>of(
                () -> parts().sync().close(), () -> log().close(), this::closeDisks),
            Supplier::get)
        .observe(closed::succeed, closed::fail);
  }

  private Async<Void> closeDisks() {
    return Async.each(config.volumes(), volume -> volume.disk().close());
  }
}
