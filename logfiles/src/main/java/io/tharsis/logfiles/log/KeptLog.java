package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.AppliedRange;
import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.format.Summary;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Invariant;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What a log keeps, whoever its records come from: logfiles, watermarks, checkpoint and summaries,
 * and who still needs which of them. Belongs to the log that it is the lower half of, and shares
 * its owner.
 */
final class KeptLog {

  private final Seams seams;
  private final LogConfig config;
  private final LogParts parts;
  private final Watermarks marks;
  private final LogDirectory directory;
  private final ReadBuffers readBuffers = new ReadBuffers();
  private final RecentLog recent;
  private Async<Void> lastUpdate = Async.done();
  private Optional<Epoch> epochToName = Optional.empty();
  private Optional<LogBuffers> writeBuffers = Optional.empty();
  private long summariesLost;
  private long releasedLsn;
  private long retainLsn = Long.MAX_VALUE;
  private Runnable onSpaceShort = () -> {};
  private boolean spaceNoticePosted;

  KeptLog(Seams seams, LogConfig config, LogParts parts) {
    this.seams = seams;
    this.config = config;
    this.parts = parts;
    this.recent = new RecentLog(config.limits().recentBytes());
    Recovered recovered = parts.recovered();
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
    directory.onSpaceLimit(this::spaceLimitReached);
  }

  /** What to run when space is short that log takes which only {@link #retainFrom} holds. */
  void onSpaceShort(Runnable message) {
    onSpaceShort = message;
  }

  /** Says so to whoever may give up what {@link #retainFrom} holds, if it holds anything. */
  void spaceLimitReached() {
    if (heldBytes() > 0 && !spaceNoticePosted) {
      spaceNoticePosted = true;
      seams
          .owner()
          .execute(() -> {
            spaceNoticePosted = false;
            if (heldBytes() > 0) {
              onSpaceShort.run();
            }
          });
    }
  }

  /**
   * Keeps the summaries of the recovered logfiles that are closed, unless they are kept already.
   */
  void keepRecoveredSummaries() {
    for (Logfile file : parts.recovered().files()) {
      if (!file.isClosed()) {
        continue;
      }
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

  /** Keeps the summary of a closed logfile; only then may the file be recycled. */
  void keepSummary(Logfile file, Summary summary) {
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

  /**
   * The log has begun. What nobody needs of it is recycled without waiting for an Applier that may
   * have nothing to do; in a later message, because what others need is said in this one.
   */
  void begun() {
    seams.owner().execute(this::recycle);
    directory.prepareNext();
  }

  /** A logfile is closed, and its summary is kept or cannot be told. */
  void summarized(Logfile file) {
    file.summarized();
    recycle();
  }

  Seams seams() {
    return seams;
  }

  LogConfig config() {
    return config;
  }

  UUID resourceId() {
    return checkpoint().resourceId();
  }

  PoisonFile poison() {
    return parts.poison();
  }

  LogLimits limits() {
    return config.limits();
  }

  Watermarks marks() {
    return marks;
  }

  LogDirectory directory() {
    return directory;
  }

  ReadBuffers readBuffers() {
    return readBuffers;
  }

  /** Has the memory ready that a writer of this log gathers its batches in. */
  void readyWriteBuffers() {
    if (writeBuffers.isEmpty()) {
      writeBuffers = Optional.of(new LogBuffers(limits().batchBytes() + 2 * LogLimits.BLOCK_BYTES));
    }
  }

  /** That memory, for the one writer. */
  LogBuffers takeWriteBuffers() {
    readyWriteBuffers();
    LogBuffers ready = writeBuffers.orElseThrow();
    writeBuffers = Optional.empty();
    return ready;
  }

  RecentLog recent() {
    return recent;
  }

  Checkpoint checkpoint() {
    return parts.checkpoint().inForce();
  }

  Optional<String> shortage() {
    return directory.shortage().map(IOException::getMessage);
  }

  long summariesLost() {
    return summariesLost;
  }

  /** See {@link ReadableLog#changed}. */
  Async<Optional<Delta>> changed(long fromLsn, long toLsn) {
    return fromLsn > toLsn
        ? Async.of(Optional.empty())
        : parts.summaries().all().map(known -> changed(known, fromLsn, toLsn));
  }

  private static Optional<Delta> changed(List<Summary> known, long fromLsn, long toLsn) {
    SortedMap<Integer, RegionSet> touched = new TreeMap<>();
    long covered = fromLsn;
    for (Summary summary : known) {
      Summary.Piece piece = summary.piece();
      if (piece.endLsn() <= covered || covered >= toLsn) {
        continue;
      }
      if (piece.baseLsn() > covered) {
        return Optional.empty();
      }
      summary
          .touched()
          .forEach((volume, regions) ->
              touched.computeIfAbsent(volume, any -> new RegionSet()).addAll(regions));
      covered = piece.endLsn();
    }
    return covered >= toLsn ? Optional.of(new Delta(fromLsn, touched)) : Optional.empty();
  }

  Logfile pin(long lsn) {
    Logfile file =
        directory.find(lsn).orElseThrow(() -> new Invariant.Broken("no logfile holds " + lsn));
    file.pin();
    return file;
  }

  void unpin(Logfile file) {
    file.unpin();
    if (!file.isPinned() && file.isClosed()) {
      recycle();
    }
  }

  /**
   * The first header of an epoch is durable: from its next update on the checkpoint names the
   * epoch, so that a later loss of that header is noticed.
   */
  void nameEpoch(Epoch epoch) {
    epochToName = Optional.of(epoch);
  }

  /** Writes the checkpoint once more, with the epoch to be named. */
  Async<Void> repeatCheckpoint() {
    return inTurn(
        () -> writeCheckpoint(marks.checkpoint(), marks.horizon(), checkpoint().applied()));
  }

  Async<Void> moveCheckpoint(long checkpoint, long horizon, List<AppliedRange> applied) {
    return inTurn(() -> writeCheckpoint(checkpoint, horizon, applied));
  }

  Async<Void> forgetApplied() {
    return inTurn(() -> writeCheckpoint(marks.checkpoint(), marks.horizon(), List.of()));
  }

  Async<Void> stampDisk(DiskStamp larger) {
    return inTurn(() -> parts.checkpoint().stamp(larger));
  }

  private Async<Void> inTurn(Supplier<Async<Void>> update) {
    lastUpdate = lastUpdate.orElse(failed -> Async.done()).then(done -> update.get());
    return lastUpdate;
  }

  private Async<Void> writeCheckpoint(long checkpoint, long horizon, List<AppliedRange> applied) {
    Checkpoint.Progress before = checkpoint().progress();
    // Applying may begin before the epoch does, whose first header can still be lost by a crash.
    long epochNumber = epochToName.map(Epoch::number).orElse(before.epochNumber());
    UUID epochId = epochToName.map(Epoch::id).orElse(before.epochId());
    Checkpoint.Progress progress =
        new Checkpoint.Progress(checkpoint, horizon, epochNumber, epochId);
    return parts
        .checkpoint()
        .update(progress, applied)
        .map(done -> {
          marks.advanceHorizon(horizon);
          marks.advanceCheckpoint(checkpoint);
          return null;
        });
  }

  void release(long lsn) {
    Invariant.check(
        releasedLsn <= lsn && lsn <= marks.checkpoint(), "released", lsn, marks.checkpoint());
    releasedLsn = lsn;
    recycle();
    if (directory.isOutOfSpace()) {
      spaceLimitReached();
    }
  }

  /** From here on the log can be read; history below may be damaged. */
  long soundLsn() {
    return parts.recovered().soundLsn();
  }

  /** Keeps logfiles that hold anything at or above {@code lsn}, applied or not. */
  void retainFrom(long lsn) {
    retainLsn = lsn;
    if (lsn == Long.MAX_VALUE) {
      recent.drop();
    }
    recycle();
  }

  /** Bytes of logfiles that would be recycled but for {@link #retainFrom}. */
  long heldBytes() {
    long held = 0;
    for (Logfile file : directory.files()) {
      if (file.isClosed() && file.endLsn() <= releasedLsn && file.endLsn() > retainLsn) {
        held += limits().logfileBytes();
      }
    }
    return held;
  }

  /**
   * Recycles the logfiles that nobody needs any more; before the epoch has begun too, because that
   * may be what it takes to get its first logfile.
   */
  private void recycle() {
    if (directory.oldest().isPresent()) {
      marks.advanceRetained(
          directory.recycleBelow(Math.min(releasedLsn, retainLsn), marks.durable()));
    }
  }

  /**
   * Closes all files and gives the lock back, the rest too if one fails. Nothing is in flight,
   * nothing comes any more.
   */
  Async<Void> close() {
    return Async.each(
        List.<Supplier<Async<Void>>>of(
            directory::close,
            parts.summaries()::close,
            parts.checkpoint()::close,
            parts.poison()::close,
            seams.store()::unlock),
        Supplier::get);
  }
}
