package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.StateSnapshot.VolumeState;
import io.tharsis.logfiles.log.Entry;
import io.tharsis.logfiles.log.Log;
import io.tharsis.logfiles.log.LogOpening;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.log.ReceivedLog;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.NoSpaceException;
import io.tharsis.logfiles.seam.Owner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * A resource at its primary: one log, its volumes, and the Applier between them. Lives on its
 * owner; all methods are called there.
 */
public final class LoggedResource {

  private static final Duration TICK = Duration.ofSeconds(1);

  /** How long changes that wait for room may still wait once the resource closes. */
  private static final Duration HELD_AT_CLOSE = Duration.ofSeconds(10);

  /** Idle ticks after which log space beyond the working set is given back. */
  private static final int TRIM_AFTER_TICKS = 60;

  private final ResourceConfig config;
  private final Seams seams;
  private final ResourceListener listener;
  private final List<LoggedVolume> volumes = new ArrayList<>();
  private final TrafficCounters counters = new TrafficCounters();
  private final Operations operations = new Operations(this::operationEnded);
  private final Answers answers;
  private final ChangeQueue held;
  private ResourceState state = new ResourceState.Opening();
  private Optional<Log> openLog = Optional.empty();
  private Optional<Applier> openApplier = Optional.empty();
  private Optional<ResourceClosing> closing = Optional.empty();
  private final Resizing resizing = new Resizing(this);
  private Optional<Rotation> rotation = Optional.empty();
  private final Cession cession;
  private boolean keepsOffDisks;
  private long firstLsn;
  private int idleTicks;

  /**
   * A resource that is not open yet.
   *
   * @param copies of its volumes
   */
  LoggedResource(
      ResourceConfig config, Seams seams, ResourceListener listener, List<VolumeCopy> copies) {
    this.config = config;
    this.seams = seams;
    this.listener = listener;
    this.answers = new Answers(listener::mayAnswer, seams.clock(), seams.owner());
    this.held = new ChangeQueue(seams.owner(), this::log, answers, this::isSlowed);
    this.cession = new Cession(this, held);
    for (VolumeCopy copy : copies) {
      volumes.add(new LoggedVolume(this, copy, config.volumes().get(copy.number()).writeCache()));
    }
  }

  /**
   * Opens a resource, creating its log if there is none: locks, recovers, verifies the disks,
   * begins a new epoch. Fails with {@link io.tharsis.logfiles.log.LogDamage} where it must not be
   * served. What was staged beside it is put on the disks before if it counts, and is given up
   * before anything is written if it does not.
   */
  public static Async<LoggedResource> open(ResourceConfig config, Seams seams) {
    return open(config, seams, ResourceListener.NONE);
  }

  /** The same for a resource that other members have too. */
  public static Async<LoggedResource> open(
      ResourceConfig config, Seams seams, ResourceListener listener) {
    return open(config, seams, listener, Optional.empty());
  }

  /**
   * The same as the successor of another member; fails if there is nothing to succeed to. May be
   * repeated after every crash as long as the role lasts: once the epoch has begun, the succession
   * means nothing any more.
   */
  public static Async<LoggedResource> open(
      ResourceConfig config,
      Seams seams,
      ResourceListener listener,
      Optional<Succession> succession) {
    Staging staging = new Staging(config, seams, listener);
    return staging.openToWrite(() -> {
      List<VolumeCopy> copies = VolumeCopy.of(config);
      LoggedResource resource = new LoggedResource(config, seams, listener, copies);
      return new WriterOpening(resource, succession).run(staging::giveUp);
    });
  }

  /** The same for one that leaves its disks as they are, to the end: a side log. */
  static Async<LoggedResource> openAside(
      ResourceConfig config, Seams seams, ResourceListener listener) {
    LoggedResource resource = new LoggedResource(config, seams, listener, VolumeCopy.of(config));
    resource.keepsOffDisks = true;
    return new WriterOpening(resource, Optional.empty()).run(Async::done);
  }

  ResourceConfig config() {
    return config;
  }

  Seams seams() {
    return seams;
  }

  List<VolumeCopy> copies() {
    return volumes.stream().map(LoggedVolume::copy).toList();
  }

  void recovered(Entry entry, long lsn) {
    Invariant.check(entry.volume() < volumes.size(), "volume in log", entry.volume());
    volumes.get(entry.volume()).copy().cover(entry, lsn);
  }

  /** The log begins where the opening has found its end. */
  Async<LoggedResource> begin(LogOpening opening, Optional<Succession> succession) {
    List<VolumeState> states = new VolumeStates(volumes).of(opening.state(), seams.entropy());
    begin(opening.begin(states, succession, new LogListener()), Optional.empty());
    Async<Void> started = keepsOffDisks ? Stage.started(log(), seams.clock()) : log().started();
    return started
        .map(done -> serve())
        .orElse(cause ->
            keepsOffDisks && cause instanceof NoSpaceException ? readOnly(cause) : withdraw(cause));
  }

  /** The log begins where this node has received it up to; that is settled. */
  Async<LoggedResource> begin(ReceivedLog received, Applier putting, Succession succession) {
    List<VolumeState> states = new VolumeStates(volumes).of(received.state(), seams.entropy());
    begin(received.write(states, succession, new LogListener()), Optional.of(putting));
    return log()
        .started()
        .map(done -> serve())
        .orElse(cause ->
            this.<LoggedResource>withdraw(cause)
                .orElse(failed -> Async.failedAfter(closeDisks(), failed)));
  }

  private void begin(Log log, Optional<Applier> putting) {
    firstLsn = log.epoch().startLsn();
    listener.begun(log);
    openLog = Optional.of(log);
    putting.ifPresent(applier -> applier.continueIn(log, this::progressed));
    openApplier =
        putting.or(() -> Optional.of(new Applier(log, seams.clock(), copies(), this::progressed)));
    if (keepsOffDisks) {
      applier().pause();
    }
    progressed();
    tick();
  }

  private LoggedResource serve() {
    state = new ResourceState.Serving();
    return this;
  }

  /** A side log without room takes nothing any more; what it has is still of use. */
  private Async<LoggedResource> readOnly(IOException cause) {
    state = new ResourceState.Stopped(String.valueOf(cause.getMessage()));
    listener.stopped(String.valueOf(cause.getMessage()));
    return Async.of(this);
  }

  private final class LogListener implements Log.Listener {
    @Override
    public void progressed() {
      LoggedResource.this.progressed();
    }

    @Override
    public void stopped(String reason) {
      stop(reason);
      listener.stopped(reason);
    }

    @Override
    public void spaceShort() {
      listener.spaceShort();
    }
  }

  /** The name of the resource. */
  public String name() {
    return config.name();
  }

  /** The volume with this number, from 0. */
  public Volume volume(int number) {
    return volumes.get(number);
  }

  /** How many volumes it has. */
  public int volumeCount() {
    return volumes.size();
  }

  /** Id of the resource. */
  public UUID id() {
    return log().resourceId();
  }

  /** The executor it lives on. */
  public Owner owner() {
    return seams.owner();
  }

  Log log() {
    return openLog.orElseThrow(() -> new Invariant.Broken("the log is not open yet"));
  }

  Applier applier() {
    return openApplier.orElseThrow(() -> new Invariant.Broken("the log is not open yet"));
  }

  TrafficCounters counters() {
    return counters;
  }

  boolean isServing() {
    return state instanceof ResourceState.Serving;
  }

  boolean isReadable() {
    return state instanceof ResourceState.Serving || state instanceof ResourceState.Stopped;
  }

  /** Why nothing is read; the resource is not readable. */
  VolumeFault unreadable() {
    return cession.isBegun() ? VolumeFault.MOVED : VolumeFault.NOT_READY;
  }

  /** What the SCSI side wants kept of a volume's state, as it was last changed. */
  public Blob scsiState(int volume) {
    return log().state().volumes().get(volume).scsi();
  }

  /** Replaces what the SCSI side wants kept of a volume; completes when it is durable. */
  public void changeScsiState(int volume, Blob scsi, VolumeCompletion done) {
    submit(new PendingState(this, volume, state -> state.keeping(scsi), tracked(done)));
  }

  /** The log, for whoever brings it to other members. */
  public ReadableLog readableLog() {
    return log();
  }

  /** The answers that wait for more than that a change is durable here. */
  public Answers answers() {
    return answers;
  }

  /** The epoch that is being written. */
  public Epoch epoch() {
    return log().epoch();
  }

  /**
   * Reads a volume as initiators see it, as a content for another member: succeeds when everything
   * that can be in it is durable. Fails where the volume cannot be read or the log has stopped.
   *
   * @param into its remaining bytes (direct) are filled
   */
  public Async<ContentStamp> readStamped(int volume, long offset, ByteBuffer into) {
    if (!isReadable()) {
      return Async.failed(new IOException("the resource is not readable now"));
    }
    Async<ContentStamp> result = new Async<>();
    new StampedRead(this, result).start(volumes.get(volume), offset, into);
    return result;
  }

  /**
   * Puts a bookmark into the log; succeeds when it is durable, with the LSN behind it: the end of a
   * record group.
   */
  public Async<Long> mark() {
    return mark(ByteBuffer.allocateDirect(0));
  }

  /**
   * The same with something to say; no promise of {@link #answers} is waited for.
   *
   * @param payload the remaining bytes (direct)
   */
  public Async<Long> mark(ByteBuffer payload) {
    Async<Void> result = new Async<>();
    PendingMark mark =
        new PendingMark(this, payload, tracked(new Reporting(result, "the bookmark")));
    submit(mark);
    return result.map(done -> mark.endLsn());
  }

  /**
   * Puts no more log on the disks until {@link #goOn}, {@link #standAt} or the end; writers go on.
   * Succeeds with the checkpoint when the disks are that moment exactly.
   */
  public Async<Long> stand() {
    return applier().stand();
  }

  /**
   * Goes on to exactly {@code lsn}, the end of a record group, and stands there; after {@link
   * #stand}. Succeeds when the disks are there.
   */
  public Async<Long> standAt(long lsn) {
    return applier().standAt(lsn);
  }

  /** Puts log on the disks again as it comes. Idempotent. */
  public void goOn() {
    applier().goOn();
  }

  /**
   * Fills the remaining bytes of {@code into} (direct) from the disk, as it is, without what only
   * the log has.
   */
  public Async<Void> readDisk(int volume, long offset, ByteBuffer into) {
    if (!isReadable()) {
      return Async.failed(new IOException("the resource is not readable now"));
    }
    Async<Void> result = new Async<>();
    Operations.Operation reading = tracked(new Reporting(result, "reading the disk"));
    Completion ended =
        Completion.of(reading::succeeded, cause -> reading.failed(VolumeFault.READ_FAILED));
    orFail(() -> volumes.get(volume).copy().disk().read(into, offset, reading.lend(ended)));
    return result;
  }

  /**
   * Begins a new logfile though the current one is not full; succeeds when that is durable, with
   * whether there was anything in the current one. Writers do not wait for it.
   */
  public Async<Boolean> rotate() {
    if (!isServing()) {
      return Async.failed(new IOException("the resource takes no changes now"));
    }
    if (rotation.isEmpty() || rotation.get().isOver()) {
      rotation = Optional.of(new Rotation(log()));
    }
    Rotation wish = rotation.get();
    if (!held.isFreezing()) {
      wish.advance();
    }
    return wish.result();
  }

  /**
   * Makes a volume's disk ready for a larger volume, which takes as long as its host needs to make
   * zeros there; the volume stays as it is. Idempotent. Fails where the disk cannot be so large.
   */
  public Async<Void> prepareSize(int volume, long sizeBytes) {
    return resizing.prepare(volumes.get(volume).copy(), sizeBytes);
  }

  /**
   * Makes a volume larger while it is in use, after its disk; what is new reads as zeros. Succeeds
   * when that is durable; then, and not before, there is something beyond the old end.
   */
  public Async<Void> resize(int volume, long sizeBytes) {
    return resizing.resize(volumes.get(volume).copy(), sizeBytes);
  }

  /**
   * Nothing goes into the log from now on, and changes wait; reads go on. Succeeds when everything
   * that has begun is durable and answered: then the log ends there, until {@link #thaw}, and
   * beyond the end of this resource if it ends before. Idempotent.
   */
  public Async<Frozen> freeze() {
    return isServing()
        ? held.freeze()
        : Async.failed(new IOException("the resource takes no changes now"));
  }

  /** Changes go on. Idempotent; too late after {@link #cede}. */
  public void thaw() {
    cession.thaw();
  }

  /**
   * Another member writes the log on from where it is frozen: every change that waits, and whatever
   * comes from now on, reads too, fails with {@link VolumeFault#MOVED}. Succeeds when everything
   * has ended that was under way. Not to be taken back. Idempotent.
   */
  public Async<Void> cede() {
    return cession.begin();
  }

  /**
   * Goes on as a secondary, after {@link #cede}, with the log, the disks and the lock as they are:
   * what is not applied yet goes on being so. Where this fails, the resource stays ceded, to be
   * closed, or is closed, disks included, already. After success this is over, and has no files any
   * more; its volumes still say that they have moved.
   *
   * @param to told of the same log that it has begun
   */
  public Async<FollowingResource> stepDown(ResourceListener to) {
    return cession.stepDown(to);
  }

  /** Nothing is read or written any more. */
  void ceded() {
    state = new ResourceState.Ceded();
    failHeld(VolumeFault.MOVED);
    answers.close();
    owner().execute(this::operationEnded);
  }

  /** Whether it has been ceded: it takes nothing any more, and becomes a secondary or is closed. */
  public boolean isCeded() {
    return state instanceof ResourceState.Ceded;
  }

  /** Another role of this node has the files from now on. */
  void handedOn() {
    state = new ResourceState.Closed();
  }

  /** Who is told the number of a volume that has grown; replaces who was told before. */
  public void whenResized(IntConsumer told) {
    resizing.listener(told);
  }

  /** Counts an operation until it has ended. */
  Operations.Operation tracked(VolumeCompletion done) {
    return operations.begun(done);
  }

  /** A change goes into the log now, or is held until there is room; the ticket takes it back. */
  Ticket submit(PendingChange change) {
    put(change);
    return () -> cancel(change);
  }

  private boolean cancel(PendingChange change) {
    boolean cancelled = held.cancel(change);
    if (cancelled) {
      // What was held behind it may be smaller.
      owner().execute(this::progressed);
    } else {
      answers.abandon(change.done());
    }
    return cancelled;
  }

  /** Whoever is told by this wants it to end soon, whatever becomes of it. */
  void abandon(VolumeCompletion done) {
    operations.find(done).ifPresent(answers::abandon);
  }

  private void put(PendingChange change) {
    if (!(state instanceof ResourceState.Serving)) {
      VolumeFault fault =
          isReadable() || state instanceof ResourceState.Failed
              ? VolumeFault.LOG_STOPPED
              : unreadable();
      owner().execute(() -> change.fail(fault));
      return;
    }
    orFail(() -> {
      if (!held.put(change)) {
        applier().notice(true);
      }
    });
  }

  /**
   * Does something on the stack of a caller who is not of this resource. A bug in it ends the
   * resource, and so the operation, as it does in a message of the resource; the caller goes on.
   */
  void orFail(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException bug) {
      owner()
          .execute(() -> {
            throw bug;
          });
      fail(String.valueOf(bug.getMessage()));
    }
  }

  /** Whether writers wait for the Applier: too much un-applied log, or too large an overlay. */
  private boolean isSlowed() {
    return log().marks().backlogBytes() >= log().limits().backlogBytes()
        || overlayBytes() >= log().limits().overlayMemoryBytes();
  }

  private long overlayBytes() {
    long bytes = 0;
    for (LoggedVolume volume : volumes) {
      bytes += volume.copy().overlay().memoryBytes();
    }
    return bytes;
  }

  void progressed() {
    if (isOver()) {
      return;
    }
    held.advance();
    rotation.filter(wish -> !held.isFreezing()).ifPresent(Rotation::advance);
    applier().notice(!held.isEmpty());
    listener.progressed();
    advanceClosing();
  }

  private void stop(String reason) {
    if (closing.isEmpty() && !isOver()) {
      state = new ResourceState.Stopped(reason);
    }
    failHeld(VolumeFault.LOG_STOPPED);
    owner().execute(this::advanceClosing);
  }

  private void failHeld(VolumeFault fault) {
    rotation.ifPresent(wish -> wish.fail(new IOException("no new logfile: " + fault)));
    held.failAll(fault);
  }

  /**
   * A message of this resource threw: a bug. Nothing it holds in memory is relied on any more;
   * every operation ends with a fault, and only opening it anew helps.
   */
  public void fail(String reason) {
    if (!isOver()) {
      state = new ResourceState.Failed(reason);
      held.clear();
      answers.clear();
      rotation.ifPresent(wish -> wish.fail(new IOException(reason)));
      openApplier.ifPresent(Applier::halt);
      operations.failAll(VolumeFault.LOG_STOPPED);
    }
  }

  private void tick() {
    seams
        .clock()
        .after(
            TICK,
            () -> {
              if (isOver()) {
                return;
              }
              copies().forEach(VolumeCopy::refreshFreeSpace);
              trimIfIdle();
              tick();
            });
  }

  private boolean isOver() {
    return state instanceof ResourceState.Closed || state instanceof ResourceState.Failed;
  }

  private void trimIfIdle() {
    boolean idle = log().marks().backlogBytes() == 0 && held.isEmpty();
    idleTicks = idle ? idleTicks + 1 : 0;
    if (idleTicks >= TRIM_AFTER_TICKS) {
      log().trim();
    }
  }

  /** How it is doing. */
  public ResourceStatus status() {
    var marks = log().marks();
    return new ResourceStatus(
        state,
        applier().state(),
        ResourceStatus.Marks.of(marks),
        new ResourceStatus.LogSpace(
            log().usedBytes(),
            log().limits().maxLogBytes(),
            log().shortage(),
            overlayBytes(),
            held.size()),
        answers.status(),
        counters.with(marks.appended() - firstLsn, applier().appliedBytes()));
  }

  /**
   * Finishes what is in flight, seals the log, applies what is left within a limit of time, closes
   * all files, the disks included, and gives the locks back.
   */
  public Async<Void> close() {
    if (state instanceof ResourceState.Failed(String reason)) {
      return Async.failed(new IOException("not closed in order because of a bug: " + reason));
    }
    if (closing.isEmpty() && state instanceof ResourceState.Closed) {
      return Async.done();
    }
    if (closing.isEmpty()) {
      ResourceClosing phase = beginClosing();
      seams.clock().after(HELD_AT_CLOSE, () -> failHeld(VolumeFault.NOT_READY));
      phase
          .ready()
          .then(done ->
              Async.each(
                  List.<Supplier<Async<Void>>>of(log()::close, this::closeDisks), Supplier::get))
          .observe(
              done -> {
                state = new ResourceState.Closed();
                phase.closed().succeed(null);
              },
              cause -> phase.closed().fail(cause));
    }
    return closing.get().closed();
  }

  private ResourceClosing beginClosing() {
    state = new ResourceState.Closing();
    boolean isFrozen = held.isFrozen();
    if (isFrozen) {
      // Where a log ends that was said to be frozen, others may rely on.
      failHeld(VolumeFault.NOT_READY);
    } else {
      held.thaw();
    }
    // Who is waited for may be gone for ever.
    answers.close();
    rotation.ifPresent(wish -> wish.giveUp(new IOException("the resource is being closed")));
    ResourceClosing phase = new ResourceClosing(log(), applier(), seams.clock(), ending(isFrozen));
    closing = Optional.of(phase);
    owner().execute(this::advanceClosing);
    return phase;
  }

  private ResourceClosing.Ending ending(boolean isFrozen) {
    if (keepsOffDisks) {
      return ResourceClosing.Ending.AS_IT_IS;
    }
    return isFrozen ? ResourceClosing.Ending.FROZEN : ResourceClosing.Ending.IN_ORDER;
  }

  private Async<Void> closeDisks() {
    return Async.each(config.volumes(), volume -> volume.disk().close());
  }

  /** The log could not begin: closes it, so that it can be opened again. The disks stay open. */
  private <T> Async<T> withdraw(IOException cause) {
    return beginClosing()
        .ready()
        .then(done -> log().close())
        .orElse(failed -> {
          cause.addSuppressed(failed);
          return Async.done();
        })
        .then(done -> {
          state = new ResourceState.Closed();
          return Async.failed(cause);
        });
  }

  private void operationEnded() {
    cession.advance(operations.count());
    advanceClosing();
  }

  private void advanceClosing() {
    closing.ifPresent(phase -> phase.advance(operations.count()));
  }
}
