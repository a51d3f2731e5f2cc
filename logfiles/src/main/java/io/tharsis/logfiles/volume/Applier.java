package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.AppliedRange;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.NoSpaceException;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Puts durable log on the disks: the primary's writeback and the replay after a crash. A run loads
 * a window of log, keeps the newest version of each range, makes the horizon durable, writes sorted
 * and merged, syncs the disks, and moves the checkpoint. A run that fails is repeated from the log,
 * so a disk may fail or be full for a while without harm. Belongs to its resource.
 */
final class Applier {

  private static final Duration RETRY = Duration.ofSeconds(1);

  /** Un-applied windows from which on the Applier is behind. */
  private static final int BEHIND_WINDOWS = 4;

  private static final int GENTLE_PORTION_RANGES = 16;
  private static final int FAST_PORTION_RANGES = 256;

  private ReadableLog log;
  private final Clock clock;
  private final List<VolumeCopy> volumes;
  private Runnable onProgress;
  private final Holds holds;
  private ApplyState state = new ApplyState.Idle();
  private boolean active;
  private boolean draining;
  private boolean halted;
  private boolean paused;
  private Optional<ApplyState> waiting = Optional.empty();
  private Optional<Standstill> standstill = Optional.empty();
  private boolean proving = true;
  private long provingSince;
  private Optional<Clock.Timer> timer = Optional.empty();
  private List<AppliedRange> proof;
  private Optional<ByteBuffer> buffer = Optional.empty();
  private long appliedBytes;

  Applier(ReadableLog log, Clock clock, List<VolumeCopy> volumes, Runnable onProgress) {
    this.log = log;
    this.clock = clock;
    this.volumes = volumes;
    this.onProgress = onProgress;
    this.holds = new Holds(() -> this.log.marks().checkpoint(), this::released);
    this.proof = log.checkpoint().applied();
  }

  private void released() {
    log.owner().execute(() -> onProgress.run());
  }

  /**
   * The same log goes on in another role of this node, with the same watermarks and the same disks:
   * a run that is under way is not disturbed. Whatever made the Applier wait is over.
   *
   * @param progressed runs from now on whenever something has moved
   */
  void continueIn(ReadableLog next, Runnable progressed) {
    log = next;
    onProgress = progressed;
    resume();
    goOn();
  }

  ApplyState state() {
    return state;
  }

  /** Bytes of log that have reached the disks since the resource was opened. */
  long appliedBytes() {
    return appliedBytes;
  }

  /** Whether a run is under way. */
  boolean isActive() {
    return active;
  }

  /**
   * There may be something to apply: at once if it is a window full or writers wait for it, else
   * soon, in the hope of company.
   */
  void notice(boolean urgent) {
    if (active || halted || paused || waiting.isPresent()) {
      return;
    }
    long pending = limitLsn() - log.marks().checkpoint();
    boolean failing =
        switch (state) {
          case ApplyState.Idle idle -> false;
          case ApplyState.Running running -> false;
          case ApplyState.Paused paused -> false;
          case ApplyState.DiskGrowing growing -> false;
          case ApplyState.DiskTooSmall small -> false;
          case ApplyState.PausedNoSpace paused -> true;
          case ApplyState.Retrying retrying -> true;
          case ApplyState.Stopped stopped -> true;
        };
    if (pending <= 0) {
      return;
    }
    if (!failing && (urgent || draining || standstill.isPresent() || pending >= windowBytes())) {
      run();
    } else if (timer.isEmpty()) {
      runAfter(failing ? RETRY : log.limits().applyDelay());
    }
  }

  private void runAfter(Duration delay) {
    timer =
        Optional.of(
            clock.after(
                delay,
                () -> {
                  timer = Optional.empty();
                  if (!active && !halted && !paused && waiting.isEmpty()) {
                    run();
                  }
                }));
  }

  /** How far runs may go now. */
  private long limitLsn() {
    long durable = log.marks().durable();
    return standstill.map(it -> Math.min(durable, it.lsn())).orElse(durable);
  }

  /**
   * Begins no further run, until {@link #goOn} or {@link #standAt}; succeeds when none is under way
   * any more, with the checkpoint: then the disks are that moment exactly, and stay so.
   */
  Async<Long> stand() {
    goOn();
    if (halted || draining) {
      return Async.failed(closing());
    }
    Standstill now = new Standstill(log.marks().checkpoint());
    standstill = Optional.of(now);
    if (!active) {
      now.reached(log.marks().checkpoint());
    }
    return now.standing();
  }

  /**
   * Goes on to exactly {@code lsn}, the end of a record group; succeeds when the disks are there.
   */
  Async<Long> standAt(long lsn) {
    long checkpoint = log.marks().checkpoint();
    if (standstill.isEmpty() || !standstill.get().standing().isDone()) {
      return Async.failed(new IOException("the disks do not stand still"));
    }
    if (lsn < checkpoint) {
      return Async.failed(
          new IOException("the disks are at LSN " + checkpoint + ", beyond " + lsn));
    }
    Standstill now = new Standstill(lsn);
    standstill = Optional.of(now);
    now.reached(checkpoint);
    notice(true);
    return now.standing();
  }

  /** Applies what comes again. Idempotent. */
  void goOn() {
    Optional<Standstill> before = standstill;
    standstill = Optional.empty();
    before.ifPresent(it -> it.refuse(new IOException("the disks go on")));
    notice(true);
  }

  private static IOException closing() {
    return new IOException("the resource is being closed");
  }

  /** From now on everything durable is applied without waiting for company. */
  void drain() {
    draining = true;
    goOn();
    if (state instanceof ApplyState.Idle) {
      stopTimer();
    }
    notice(true);
  }

  /** No further run begins; holds that wait are refused. */
  void halt() {
    halted = true;
    goOn();
    stopTimer();
    holds.refuse();
  }

  private void stopTimer() {
    timer.ifPresent(Clock.Timer::cancel);
    timer = Optional.empty();
  }

  /** No further run begins until {@link #resume}; one under way ends. */
  void pause() {
    paused = true;
    stopTimer();
    if (!active) {
      state = resting();
    }
  }

  private ApplyState resting() {
    if (paused) {
      return new ApplyState.Paused();
    }
    return waiting.orElseGet(ApplyState.Idle::new);
  }

  /**
   * Begins no further run until {@link #diskIsReady}: log is there that needs a larger disk.
   *
   * @param why what it is called
   */
  void awaitDisk(ApplyState why) {
    waiting = Optional.of(why);
    stopTimer();
    if (!active) {
      state = resting();
    }
  }

  /** The disks are large enough for all log that is there. */
  void diskIsReady() {
    waiting = Optional.empty();
    if (!active) {
      state = resting();
    }
    notice(true);
  }

  /** Runs begin again. */
  void resume() {
    if (paused) {
      paused = false;
      state = active ? new ApplyState.Running() : resting();
      notice(true);
    }
  }

  /**
   * Whether checkpoints say what the disks hold. Not while somebody else writes to the disks too;
   * what was said before is forgotten then.
   */
  void prove(boolean wanted) {
    proving = wanted;
    provingSince++;
    proof = List.of();
  }

  boolean isProving() {
    return proving;
  }

  /**
   * Keeps the Applier off a range until the hold is released; granted at once, or when the run has
   * ended that has the range in its window.
   */
  Async<Hold> hold(int volume, Range range) {
    return halted ? Async.failed(closing()) : holds.ask(volume, range);
  }

  /** Whether somebody holds a range or wants to. */
  boolean isHeld() {
    return holds.count() > 0;
  }

  private void run() {
    long from = log.marks().checkpoint();
    long limit = limitLsn();
    if (from >= limit) {
      return;
    }
    stopTimer();
    active = true;
    if (state instanceof ApplyState.Idle) {
      state = new ApplyState.Running();
    }
    long since = provingSince;
    ApplyWindow.load(log, buffer(), from, limit)
        .then(this::begin)
        .then(window ->
            new ApplyRun(log.owner(), volumes, holds, window, proof).write(portionRanges()))
        .then(run -> moveCheckpoint(run, since))
        .observe(this::ended, this::failed);
  }

  private int windowBytes() {
    return log.limits().applyWindowBytes();
  }

  /** Only now: an Applier that never runs, as those of a stage, needs none. */
  private ByteBuffer buffer() {
    if (buffer.isEmpty()) {
      buffer = Optional.of(ByteBuffer.allocateDirect(windowBytes()));
    }
    return buffer.get();
  }

  private Async<ApplyWindow> begin(ApplyWindow window) {
    holds.begin(window::changes);
    return raiseHorizon(window.endLsn()).map(done -> window);
  }

  /** Gently as long as it keeps up with the writers, at full speed when it does not. */
  private int portionRanges() {
    boolean behind = log.marks().backlogBytes() > (long) BEHIND_WINDOWS * windowBytes();
    return behind ? FAST_PORTION_RANGES : GENTLE_PORTION_RANGES;
  }

  /** The disks may show effects up to {@code lsn} from now on; that must be known beforehand. */
  private Async<Void> raiseHorizon(long lsn) {
    if (lsn <= log.marks().horizon()) {
      return Async.done();
    }
    return log.moveCheckpoint(log.marks().checkpoint(), lsn, proof);
  }

  private List<AppliedRange> proven(ApplyRun run, long since) {
    return proving && since == provingSince ? run.proof() : List.of();
  }

  /** One update says what this run has done and allows what the next one will do. */
  private Async<ApplyRun> moveCheckpoint(ApplyRun run, long since) {
    long checkpoint = run.endLsn();
    long ahead = Math.min(log.marks().durable(), checkpoint + windowBytes());
    long horizon = Math.max(log.marks().horizon(), ahead);
    return log.moveCheckpoint(checkpoint, horizon, proven(run, since))
        .map(done -> {
          proof = proven(run, since);
          return run;
        });
  }

  private void ended(ApplyRun run) {
    appliedBytes += run.endLsn() - run.fromLsn();
    run.forget()
        .observe(
            done -> {
              active = false;
              state = resting();
              log.release(run.endLsn());
              holds.end();
              standstill.ifPresent(it -> it.reached(run.endLsn()));
              onProgress.run();
            },
            this::failed);
  }

  private void failed(IOException cause) {
    active = false;
    state = paused || waiting.isPresent() ? resting() : failure(cause);
    holds.end();
    standstill.ifPresent(it -> it.reached(log.marks().checkpoint()));
    onProgress.run();
  }

  private static ApplyState failure(IOException cause) {
    return switch (cause) {
      case NoSpaceException full -> new ApplyState.PausedNoSpace(full.getMessage());
      case DamagedLogException damaged -> new ApplyState.Stopped(damaged.getMessage());
      default -> new ApplyState.Retrying(cause.getMessage());
    };
  }
}
