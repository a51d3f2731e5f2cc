package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.AppliedRange;
import io.tharsis.logfiles.format.Checkpoint;
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
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The transaction log of one resource, open for writing: one epoch of it. Takes records, makes them
 * durable in batches, lets readers find them, moves the checkpoint, recycles what nobody needs.
 * Lives on the resource's owner; all its methods are called there.
 */
public final class Log {

  /** What a log tells the resource it belongs to. */
  public interface Listener {
    /** Watermarks have moved, or room for records may have come. */
    void progressed();

    /** A write or sync failed: the log takes nothing any more. */
    void stopped(String reason);
  }

  private final Seams seams;
  private final LogConfig config;
  private final LogParts parts;
  private final Epoch epoch;
  private final Listener listener;
  private final Watermarks marks;
  private final LogDirectory directory;
  private final Appender appender;
  private final ReadBuffers readBuffers = new ReadBuffers();
  private final Scratch scratch = new Scratch(StateSnapshot.MAX_BYTES);
  private final Async<Void> started = new Async<>();
  private StateSnapshot state;
  private Async<Void> lastUpdate = Async.done();
  private Async<Void> marking = Async.done();
  private boolean begun;
  private boolean epochDurable;
  private long summariesLost;
  private long releasedLsn;
  private Optional<String> stopReason = Optional.empty();

  Log(
      Seams seams,
      LogConfig config,
      LogParts parts,
      List<StateSnapshot.VolumeState> volumes,
      Listener listener) {
    this.seams = seams;
    this.config = config;
    this.parts = parts;
    this.listener = listener;
    Recovered recovered = parts.recovered();
    Lineage lineage = recovered.state().map(StateSnapshot::lineage).orElse(Lineage.NONE);
    this.epoch = nextEpoch(lineage, recovered);
    this.state = new StateSnapshot(volumes, lineage.with(epoch));
    Checkpoint.Progress progress = checkpoint().progress();
    long retained =
        recovered.files().isEmpty()
            ? recovered.endLsn()
            : Math.min(progress.checkpointLsn(), recovered.files().getFirst().baseLsn());
    this.marks =
        new Watermarks(
            retained, progress.checkpointLsn(), progress.horizonLsn(), recovered.endLsn());
    this.releasedLsn = progress.checkpointLsn();
    this.directory =
        new LogDirectory(seams.store(), seams.clock(), config.limits(), config.writer().nodeName());
    directory.adopt(recovered.files(), recovered.spares(), recovered.highestNumber());
    LogWriter writer =
        new LogWriter(
            new LogWriter.Origin(resourceId(), config.writer(), epoch, recovered),
            directory,
            marks,
            seams.clock(),
            new WriterContext());
    this.appender =
        new Appender(
            seams.owner(), seams.clock(), config.limits(), marks, writer, new AppenderListener());
    directory.onNextReady(this::nextReady);
    keepSummaries();
    directory.prepareNext();
  }

  private Epoch nextEpoch(Lineage lineage, Recovered recovered) {
    UUID id = seams.entropy().nextUuid();
    return lineage
        .newest()
        .map(newest ->
            newest.next(
                id,
                recovered.sealed() ? Epoch.Kind.RESTART : Epoch.Kind.RECOVERY,
                recovered.endLsn()))
        .orElseGet(() -> Epoch.first(id, recovered.endLsn()));
  }

  private final class WriterContext implements LogWriter.Context {
    @Override
    public ByteBuffer stateSnapshot() {
      return encodedState();
    }

    @Override
    public void closed(Logfile file, Summary summary) {
      keepSummary(file, summary);
    }
  }

  private final class AppenderListener implements Appender.Listener {
    @Override
    public void progressed() {
      listener.progressed();
    }

    @Override
    public void stopped(Logfile file, IOException cause) {
      stop(file, cause);
    }
  }

  /** The recovered logfiles are closed: their summaries are kept unless they are already. */
  private void keepSummaries() {
    for (Logfile file : parts.recovered().files()) {
      Optional<Summary> summary =
          parts.recovered().summaries().stream()
              .filter(known -> known.piece().number() == file.number())
              .findFirst();
      if (summary.isEmpty() || parts.summaries().contains(file.number())) {
        file.summarized();
      } else {
        keepSummary(file, summary.get());
      }
    }
  }

  private void keepSummary(Logfile file, Summary summary) {
    parts
        .summaries()
        .store(summary)
        .observe(
            done -> summarized(file),
            cause -> {
              // Whoever needs it later takes a full digest sync instead, and says so.
              summariesLost++;
              summarized(file);
            });
  }

  private void summarized(Logfile file) {
    file.summarized();
    recycle();
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
    epochDurable = true;
    inTurn(() -> writeCheckpoint(marks.checkpoint(), marks.horizon(), checkpoint().applied()))
        .observe(started::succeed, started::fail);
  }

  /** Succeeds when the new epoch is durable and records are taken. */
  public Async<Void> started() {
    return started;
  }

  /** Id of the resource. */
  public UUID resourceId() {
    return checkpoint().resourceId();
  }

  /** The epoch that is being written. */
  public Epoch epoch() {
    return epoch;
  }

  /** Owner of the log and everything on it. */
  public Owner owner() {
    return seams.owner();
  }

  /** The log's limits. */
  public LogLimits limits() {
    return config.limits();
  }

  /** How far the log has come. */
  public Watermarks marks() {
    return marks;
  }

  /** Buffers for reading records back. */
  public ReadBuffers readBuffers() {
    return readBuffers;
  }

  /** The checkpoint in force. */
  public Checkpoint checkpoint() {
    return parts.checkpoint().inForce();
  }

  /** Space that all logfiles take, in bytes. */
  public long usedBytes() {
    return directory.usedBytes();
  }

  /** Why no further logfile can be had at the moment. */
  public Optional<String> shortage() {
    return directory.shortage().map(IOException::getMessage);
  }

  /** Why the log takes no records any more. */
  public Optional<String> stopReason() {
    return stopReason;
  }

  /** Summaries that could not be kept since the log was opened. */
  public long summariesLost() {
    return summariesLost;
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

  /** Calls back when everything below {@code lsn} has been handed to the host. */
  public void whenWritten(long lsn, Completion done) {
    appender.whenWritten(lsn, done);
  }

  /** Calls back when everything below {@code lsn} is durable, and sees to it that it gets so. */
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

  /** The logfile that holds a position. */
  public Optional<Logfile> find(long lsn) {
    return directory.find(lsn);
  }

  /** Keeps the logfile that holds a position from being recycled until it is unpinned. */
  public Logfile pin(long lsn) {
    Logfile file =
        directory.find(lsn).orElseThrow(() -> new Invariant.Broken("no logfile holds " + lsn));
    file.pin();
    return file;
  }

  /** Gives a pinned logfile back. */
  public void unpin(Logfile file) {
    file.unpin();
    if (!file.isPinned() && file.isClosed()) {
      recycle();
    }
  }

  /** What ties the records of a logfile to it. */
  public RecordSeed seedOf(Logfile file) {
    return file.seed();
  }

  /**
   * Makes a new checkpoint and horizon durable, then moves the watermarks.
   *
   * @param applied what the disks hold at the checkpoint, for attaching to verify
   */
  public Async<Void> moveCheckpoint(long checkpoint, long horizon, List<AppliedRange> applied) {
    return inTurn(() -> writeCheckpoint(checkpoint, horizon, applied));
  }

  private Async<Void> inTurn(Supplier<Async<Void>> update) {
    lastUpdate = lastUpdate.orElse(failed -> Async.done()).then(done -> update.get());
    return lastUpdate;
  }

  private Async<Void> writeCheckpoint(long checkpoint, long horizon, List<AppliedRange> applied) {
    Checkpoint.Progress before = checkpoint().progress();
    // Applying may begin before the epoch does, whose first header can still be lost by a crash.
    Checkpoint.Progress progress =
        epochDurable
            ? new Checkpoint.Progress(checkpoint, horizon, epoch.number(), epoch.id())
            : new Checkpoint.Progress(checkpoint, horizon, before.epochNumber(), before.epochId());
    return parts
        .checkpoint()
        .update(progress, applied)
        .map(done -> {
          marks.advanceHorizon(horizon);
          marks.advanceCheckpoint(checkpoint);
          return null;
        });
  }

  /**
   * No reader will look for anything below {@code lsn} in the log any more. The checkpoint is there
   * already; it moves first, and readers go to the log until they are told of it.
   */
  public void release(long lsn) {
    Invariant.check(
        releasedLsn <= lsn && lsn <= marks.checkpoint(), "released", lsn, marks.checkpoint());
    releasedLsn = lsn;
    recycle();
  }

  /**
   * Recycles the logfiles that nobody needs any more; before the epoch has begun too, because that
   * may be what it takes to get its first logfile.
   */
  private void recycle() {
    if (directory.oldest().isPresent()) {
      marks.advanceRetained(directory.recycleBelow(releasedLsn, marks.durable()));
    }
  }

  /** Gives log space beyond the working set back, one logfile per call; for an idle resource. */
  public void trim() {
    directory.trim();
  }

  private void stop(Logfile file, IOException cause) {
    String reason = "writing %s failed: %s".formatted(file, cause.getMessage());
    stopReason = Optional.of(reason);
    Poison marker =
        new Poison(
            resourceId(),
            file.name(),
            marks.durable(),
            seams.clock().wallMillis(),
            String.valueOf(cause.getMessage()));
    // If even this fails the marker is lost; recovery trusts nothing that was not proved durable.
    marking = parts.poison().mark(marker).orElse(failed -> Async.done());
    listener.stopped(reason);
  }

  /** Whether nothing is on its way to the logfiles. */
  public boolean isIdle() {
    return appender.isIdle();
  }

  /** Closes the current logfile in order: the next opening will know that nothing is missing. */
  public void seal() {
    appender.seal();
  }

  /** Closes all files and gives the lock back. Nothing is in flight, nothing comes any more. */
  public Async<Void> close() {
    return marking
        .then(done -> directory.close())
        .then(done -> parts.summaries().close())
        .then(done -> parts.checkpoint().close())
        .then(done -> parts.poison().close())
        .then(done -> seams.store().unlock())
        .map(done -> {
          scratch.close();
          return null;
        });
  }
}
