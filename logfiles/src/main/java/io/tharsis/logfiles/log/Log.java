package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.AppliedRange;
import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.format.Poison;
import io.tharsis.logfiles.format.RecordHeader;
import io.tharsis.logfiles.format.RecordSeed;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.format.Summary;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Owner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The transaction log of one resource, open for writing: one epoch of it. Takes records, makes them
 * durable in batches, lets readers find them, moves the checkpoint, recycles what nobody needs.
 * Lives on the resource's owner; all its methods are called there.
 */
public final class Log implements ReadableLog {

  /** What a log tells the resource it belongs to. */
  public interface Listener {
    /** Watermarks have moved, or room for records may have come. */
    void progressed();

    /** A write or sync failed: the log takes nothing any more. */
    void stopped(String reason);

    /**
     * The log takes all the space it may, and part of it only for other members: unless {@link
     * ReadableLog#retainFrom} is raised, writers will have to wait. Told again whenever another
     * logfile is wanted in vain.
     */
    default void spaceShort() {}
  }

  private static final Duration AGAIN = Duration.ofMillis(100);

  private final KeptLog kept;
  private final Epoch epoch;
  private final Listener listener;
  private final Watermarks marks;
  private final LogWriter writer;
  private final Appender appender;
  private final Scratch scratch = new Scratch(StateSnapshot.MAX_BYTES);
  private final Async<Void> started = new Async<>();
  private StateSnapshot state;
  private Async<Void> marking = Async.done();
  private boolean begun;
  private boolean closed;
  private Optional<String> stopReason = Optional.empty();

  Log(
      KeptLog kept,
      LogEnd end,
      List<StateSnapshot.VolumeState> volumes,
      Optional<Succession> succession,
      Listener listener) {
    this.kept = kept;
    this.listener = listener;
    this.marks = kept.marks();
    this.epoch = end.next(succession, kept.seams().entropy());
    this.state = new StateSnapshot(volumes, end.lineage().with(epoch));
    this.writer =
        new LogWriter(
            new LogWriter.Origin(resourceId(), kept.config().writer(), epoch, end),
            kept.directory(),
            marks,
            kept.seams().clock(),
            new WriterContext());
    this.appender = new Appender(kept, writer, new AppenderListener());
    kept.directory().onNextReady(this::nextReady);
    kept.onSpaceShort(listener::spaceShort);
    kept.begun();
    if (kept.directory().isNextReady()) {
      owner().execute(this::nextReady);
    }
    owner().execute(this::lookForRoom);
  }

  /**
   * Before it has its first logfile nothing else brings up that others hold what it takes: nothing
   * is written, and all may be applied. In a later message, as what they need is said in this one.
   */
  private void lookForRoom() {
    if (!begun && !closed && kept.directory().isOutOfSpace()) {
      kept.spaceLimitReached();
      kept.seams().clock().after(AGAIN, this::lookForRoom);
    }
  }

  private final class WriterContext implements LogWriter.Context {
    @Override
    public ByteBuffer stateSnapshot() {
      return encodedState();
    }

    @Override
    public void closed(Logfile file, Summary summary) {
      kept.keepSummary(file, summary);
    }
  }

  private final class AppenderListener implements Appender.Listener {
    @Override
    public void written(long lsn, ByteBuffer records) {
      kept.recent().written(lsn, records);
    }

    @Override
    public void progressed() {
      listener.progressed();
    }

    @Override
    public void stopped(Logfile file, IOException cause) {
      stop(file, cause);
    }
  }

  private void nextReady() {
    if (!begun) {
      begun = appender.begin();
      if (begun) {
        whenDurable(marks.appended(), Completion.of(this::announceEpoch, started::fail));
      }
    }
    listener.progressed();
  }

  /** The checkpoint names the epoch, so that a later loss of its first header is noticed. */
  private void announceEpoch() {
    kept.nameEpoch(epoch);
    kept.repeatCheckpoint().observe(started::succeed, started::fail);
  }

  /** Succeeds when the new epoch is durable and records are taken. */
  public Async<Void> started() {
    return started;
  }

  @Override
  public UUID resourceId() {
    return kept.resourceId();
  }

  /** The epoch that is being written. */
  public Epoch epoch() {
    return epoch;
  }

  @Override
  public Owner owner() {
    return kept.seams().owner();
  }

  @Override
  public LogLimits limits() {
    return kept.limits();
  }

  @Override
  public Watermarks marks() {
    return marks;
  }

  @Override
  public ReadBuffers readBuffers() {
    return kept.readBuffers();
  }

  @Override
  public Checkpoint checkpoint() {
    return kept.checkpoint();
  }

  @Override
  public long usedBytes() {
    return kept.directory().usedBytes();
  }

  @Override
  public Optional<String> shortage() {
    return kept.shortage();
  }

  @Override
  public Optional<String> stopReason() {
    return stopReason;
  }

  @Override
  public long summariesLost() {
    return kept.summariesLost();
  }

  /**
   * Whether a group of records that takes {@code bytes} on the log can be appended now. If not, the
   * listener hears of progress later. Until the next call of this method everything up to that size
   * may be appended.
   */
  public boolean admit(int bytes) {
    return begun && appender.admit(bytes);
  }

  /** Appends a record for which room was admitted; the payload is copied. Gives its LSN. */
  public long append(Entry entry, ByteBuffer payload) {
    return appender.append(entry, payload);
  }

  /**
   * Number of the logfile that is written now; 0 before the first of this epoch has begun. It holds
   * records or just the state it begins with, see {@link #holdsRecords}.
   */
  public long logfileNumber() {
    return begun ? appender.logfileNumber() : 0;
  }

  /** Whether anything was appended to the logfile that is written now. */
  public boolean holdsRecords() {
    return begun && appender.holdsRecords();
  }

  /**
   * Begins a new logfile though the current one is not full. If that cannot be done now the
   * listener hears of progress later; what is appended meanwhile goes to the current one.
   */
  public boolean rotate() {
    return begun && appender.rotate();
  }

  /** Calls back when everything below {@code lsn} has been handed to the host. */
  public void whenWritten(long lsn, Completion done) {
    appender.whenWritten(lsn, done);
  }

  /** Calls back when everything below {@code lsn} is durable, and sees to it that it gets so. */
  @Override
  public void whenDurable(long lsn, Completion done) {
    appender.whenDurable(lsn, done);
  }

  /** The state of all volumes, as the log has it. */
  public StateSnapshot state() {
    return state;
  }

  /** Bytes that {@link #changeState} with these states takes on the log. */
  public int stateBytes(List<StateSnapshot.VolumeState> volumes) {
    new StateSnapshot(volumes, state.lineage()).encode(scratch);
    return RecordHeader.totalBytes(scratch.sizeBytes());
  }

  /** Appends a new state of all volumes, in full; room for it was admitted. */
  public void changeState(List<StateSnapshot.VolumeState> volumes) {
    state = new StateSnapshot(volumes, state.lineage());
    append(new Entry(RecordType.STATE, 0, 0, 0, 0), encodedState());
  }

  private ByteBuffer encodedState() {
    state.encode(scratch);
    ByteBuffer encoded = ByteBuffer.allocateDirect(scratch.sizeBytes());
    scratch.copyTo(encoded, 0);
    return encoded;
  }

  @Override
  public Optional<Logfile> find(long lsn) {
    return kept.directory().find(lsn);
  }

  @Override
  public Logfile pin(long lsn) {
    return kept.pin(lsn);
  }

  @Override
  public void unpin(Logfile file) {
    kept.unpin(file);
  }

  @Override
  public RecordSeed seedOf(Logfile file) {
    return file.seed();
  }

  @Override
  public Lineage lineage() {
    return state.lineage();
  }

  @Override
  public Async<Void> moveCheckpoint(long checkpoint, long horizon, List<AppliedRange> applied) {
    return kept.moveCheckpoint(checkpoint, horizon, applied);
  }

  @Override
  public Async<Void> forgetApplied() {
    return kept.forgetApplied();
  }

  @Override
  public Async<Void> stampDisk(DiskStamp larger) {
    return kept.stampDisk(larger);
  }

  @Override
  public void release(long lsn) {
    kept.release(lsn);
  }

  @Override
  public void retainFrom(long lsn) {
    kept.retainFrom(lsn);
  }

  @Override
  public long heldBytes() {
    return kept.heldBytes();
  }

  @Override
  public Async<Optional<Delta>> changed(long fromLsn, long toLsn) {
    return kept.changed(fromLsn, toLsn);
  }

  @Override
  public ShippedLog shipped() {
    return new ShippedLog(kept, this::lineage, true);
  }

  @Override
  public void trim() {
    kept.directory().trim();
  }

  @Override
  public Async<Long> trimAll() {
    return kept.directory().trimAll();
  }

  private void stop(Logfile file, IOException cause) {
    String reason = "writing %s failed: %s".formatted(file, cause.getMessage());
    stopReason = Optional.of(reason);
    Poison marker =
        new Poison(
            resourceId(),
            file.name(),
            marks.durable(),
            kept.seams().clock().wallMillis(),
            String.valueOf(cause.getMessage()));
    // If even this fails the marker is lost; recovery trusts nothing that was not proved durable.
    marking = kept.poison().mark(marker).orElse(failed -> Async.done());
    listener.stopped(reason);
  }

  /** Whether nothing is on its way to the logfiles. */
  public boolean isIdle() {
    return appender.isIdle();
  }

  /**
   * From now on another member writes this log, from exactly here on: all of it is durable, nothing
   * is on its way, and nothing may be asked of this any more.
   */
  public ReceivedLog receive(ReceivedLog.Listener next) {
    Invariant.check(started.isDone() && stopReason.isEmpty(), "a log that is whole");
    appender.retire();
    scratch.close();
    kept.recent().drop();
    return new ReceivedLog(kept, writer.end(state), next);
  }

  /** Closes the current logfile in order: the next opening will know that nothing is missing. */
  public void seal() {
    appender.seal();
  }

  /**
   * Closes all files and gives the lock back, the rest too if one fails. Nothing is in flight,
   * nothing comes any more.
   */
  @Override
  public Async<Void> close() {
    closed = true;
    scratch.close();
    return marking.then(done -> kept.close());
  }
}
