package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.format.Poison;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A log that has been recovered and is not written yet: between the two its owner verifies the
 * disks. Nothing else may use the directory meanwhile; it is locked.
 */
public final class LogOpening {

  private final Seams seams;
  private final LogConfig config;
  private final CheckpointFile checkpoint;
  private final PoisonFile poison;
  private final SummaryFiles summaries;
  private final Recovered recovered;

  private LogOpening(
      Seams seams,
      LogConfig config,
      CheckpointFile checkpoint,
      PoisonFile poison,
      SummaryFiles summaries,
      Recovered recovered) {
    this.seams = seams;
    this.config = config;
    this.checkpoint = checkpoint;
    this.poison = poison;
    this.summaries = summaries;
    this.recovered = recovered;
  }

  /**
   * Locks the directory, creates the resource if there is none, and recovers its log. Fails with
   * {@link LogDamage} where a refusal is the right answer; then nothing has been changed.
   *
   * @param disks what the volumes are kept on, in order of their numbers
   * @param changes told every change at or above the checkpoint, in log order
   */
  public static Async<LogOpening> open(
      Seams seams, LogConfig config, List<DiskStamp> disks, RecoveredChange changes) {
    return seams
        .store()
        .lock()
        .then(done -> openLocked(seams, config, disks, changes).orElse(unlocking(seams.store())));
  }

  /** Gives the lock back before the failure goes on. */
  public static <T> Function<IOException, Async<T>> unlocking(Store store) {
    return cause -> store.unlock().then(done -> Async.failed(cause));
  }

  private static Async<LogOpening> openLocked(
      Seams seams, LogConfig config, List<DiskStamp> disks, RecoveredChange changes) {
    return LogCreation.openOrCreate(seams.store(), seams.entropy(), config.limits(), disks)
        .then(file ->
            openPoison(seams, file.inForce())
                .then(poison -> recover(seams, config, file, poison, changes)));
  }

  private static Async<PoisonFile> openPoison(Seams seams, Checkpoint checkpoint) {
    return seams
        .store()
        .open(PoisonFile.NAME)
        .map(PoisonFile::new)
        .then(file ->
            file.read(checkpoint.resourceId())
                .then(reading ->
                    switch (reading) {
                      case Reading.Blank<Poison> blank -> Async.of(file);
                      case Reading.Sound<Poison>(Poison found) -> Async.failed(poisoned(found));
                      case Reading.Corrupt<Poison> other -> unreadable(reading);
                      case Reading.TooNew<Poison> other -> unreadable(reading);
                      case Reading.Foreign<Poison> other -> unreadable(reading);
                    }));
  }

  private static Async<PoisonFile> unreadable(Reading<Poison> reading) {
    return Async.failed(
        new LogDamage(LogDamage.Code.POISONED, "the poison marker is " + reading.words()));
  }

  /** The refusal that a marker causes. */
  static LogDamage poisoned(Poison found) {
    return new LogDamage(
        LogDamage.Code.POISONED,
        "writing %s failed at LSN %d: %s. When the cause is removed: tharsis log clear-poison DIR/resource-NAME %s"
            .formatted(found.logfile(), found.lsn(), found.reason(), found.logfile()));
  }

  private static Async<LogOpening> recover(
      Seams seams,
      LogConfig config,
      CheckpointFile checkpoint,
      PoisonFile poison,
      RecoveredChange changes) {
    Checkpoint inForce = checkpoint.inForce();
    return SummaryFiles.open(seams.store(), inForce.resourceId())
        .then(summaries ->
            new Recovery(seams.store(), inForce, config.acceptLoss(), changes)
                .run()
                .then(recovered -> checkpoint.makeDurable().map(done -> recovered))
                .map(recovered ->
                    new LogOpening(seams, config, checkpoint, poison, summaries, recovered)));
  }

  /** The checkpoint in force: which disks belong to the log and what they must hold. */
  public Checkpoint checkpoint() {
    return checkpoint.inForce();
  }

  /** The state that the log holds; empty if it was never written. */
  public Optional<StateSnapshot> state() {
    return recovered.state();
  }

  /** Where the recovered log ends. */
  public long endLsn() {
    return recovered.endLsn();
  }

  /**
   * Begins a new epoch. The log can be read, and its checkpoint moved, at once; it takes records
   * when {@link Log#started} has succeeded.
   *
   * @param volumes the state of all volumes from now on
   */
  public Log begin(List<StateSnapshot.VolumeState> volumes, Log.Listener listener) {
    LogParts parts = new LogParts(checkpoint, poison, summaries, recovered);
    return new Log(new KeptLog(seams, config, parts), parts, volumes, listener);
  }
}
