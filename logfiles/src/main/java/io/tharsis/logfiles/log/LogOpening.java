package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.format.Poison;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A log that has been recovered and is not written yet: between the two its owner verifies the
 * disks. Nothing else may use the directory meanwhile; it is locked.
 */
public final class LogOpening {

  /** What is asked for. */
  private record Request(
      Seams seams, LogConfig config, Recovery.Purpose purpose, RecoveredChange changes) {}

  private final Request request;
  private final LogParts parts;

  private LogOpening(Request request, LogParts parts) {
    this.request = request;
    this.parts = parts;
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
    return lockAndOpen(
        new Request(seams, config, Recovery.Purpose.WRITING, changes),
        store ->
            LogCreation.openOrCreate(
                store,
                config.limits(),
                () -> Async.of(LogCreation.first(seams.entropy().nextUuid(), disks))));
  }

  /** The same where there is a resource; fails if there is none. */
  public static Async<LogOpening> openExisting(
      Seams seams, LogConfig config, List<DiskStamp> disks, RecoveredChange changes) {
    return lockAndOpen(
        new Request(seams, config, Recovery.Purpose.WRITING, changes),
        store -> LogCreation.openOrCreate(store, config.limits(), () -> noResource(store)));
  }

  private static <T> Async<T> noResource(Store store) {
    return Async.failed(new IOException("there is no resource in " + store.name()));
  }

  /**
   * The same for a log that another member writes: what cannot be continued here is cut, to be
   * fetched again. Fails if there is no resource.
   *
   * @param config {@code acceptLoss} says here that a damaged place above the horizon, in whichever
   *     logfile, is to be cut: the caller knows a member that has the log from there on
   */
  public static Async<LogOpening> openReceived(
      Seams seams, LogConfig config, List<DiskStamp> disks, RecoveredChange changes) {
    return lockAndOpen(
        new Request(seams, config, Recovery.Purpose.RECEIVING, changes),
        store -> LogCreation.openOrCreate(store, config.limits(), () -> noResource(store)));
  }

  /**
   * Creates the log of a new member, or opens it if an earlier call has. It begins at {@code start}
   * and so does the checkpoint, though the disks hold nothing yet: everything is dirty.
   */
  public static Async<LogOpening> join(
      Seams seams,
      LogConfig config,
      LogStart start,
      List<DiskStamp> disks,
      RecoveredChange changes) {
    return lockAndOpen(
            new Request(seams, config, Recovery.Purpose.RECEIVING, changes),
            store ->
                LogCreation.openOrCreate(
                    store, config.limits(), () -> Async.of(LogCreation.joining(start, disks))))
        .then(opening ->
            opening.checkpoint().resourceId().equals(start.resourceId())
                ? Async.of(opening)
                : opening.<LogOpening>abandoning().apply(otherResource(seams.store(), start)));
  }

  /**
   * Creates the log of a member anew, whatever it had before: what it misses is nowhere any more,
   * or what it has is of no use. Until that has succeeded the resource cannot be opened otherwise,
   * and this must be called again. Not for the last consistent replica: the caller knows another.
   *
   * @param delta what has changed since the checkpoint that is here, if that is known: then only
   *     this is dirty, and what was; otherwise everything is
   */
  public static Async<LogOpening> rejoin(
      Seams seams,
      LogConfig config,
      LogStart start,
      Optional<Delta> delta,
      List<DiskStamp> disks,
      RecoveredChange changes) {
    return lockAndOpen(
        new Request(seams, config, Recovery.Purpose.RECEIVING, changes),
        store ->
            new Rejoining(store, start, disks)
                .first(delta)
                .then(first ->
                    new StageFiles(store)
                        .discard()
                        .then(done -> LogCreation.createAnew(store, config.limits(), first))));
  }

  /**
   * Creates the log of a member anew beside the one it has, which stays as it is: in a directory
   * for it alone, whatever was in that.
   *
   * @param seams to that directory
   * @param before the checkpoint of a consistent replica on these disks
   * @param delta what has changed since that checkpoint, or since before it
   */
  public static Async<LogOpening> beside(
      Seams seams,
      LogConfig config,
      LogStart start,
      Checkpoint before,
      Delta delta,
      RecoveredChange changes) {
    return lockAndOpen(
        new Request(seams, config, Recovery.Purpose.RECEIVING, changes),
        store ->
            LogCreation.createAnew(store, config.limits(), Rejoining.beside(start, before, delta)));
  }

  private static LogDamage otherResource(Store store, LogStart start) {
    return new LogDamage(
        LogDamage.Code.NOT_OURS, store.name() + " is not of resource " + start.resourceId());
  }

  private static Async<LogOpening> lockAndOpen(
      Request request, Function<Store, Async<CheckpointFile>> checkpoint) {
    Seams seams = request.seams();
    OpenedFiles files = new OpenedFiles(seams.store());
    Request inside =
        new Request(seams.in(files), request.config(), request.purpose(), request.changes());
    return seams
        .store()
        .lock()
        .then(done ->
            openLocked(inside, checkpoint)
                .orElse(cause ->
                    Async.failedAfter(
                        Async.each(
                            List.<Supplier<Async<Void>>>of(files::closeAll, files::unlock),
                            Supplier::get),
                        cause)));
  }

  private static Async<LogOpening> openLocked(
      Request request, Function<Store, Async<CheckpointFile>> checkpoint) {
    Seams seams = request.seams();
    return checkpoint
        .apply(seams.store())
        .then(file ->
            openPoison(seams, file.inForce()).then(poison -> recover(request, file, poison)));
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
      Request request, CheckpointFile checkpoint, PoisonFile poison) {
    Checkpoint inForce = checkpoint.inForce();
    Store store = request.seams().store();
    boolean acceptLoss = request.config().acceptLoss();
    return SummaryFiles.open(store, inForce.resourceId())
        .then(summaries ->
            new Recovery(store, inForce, acceptLoss, request.purpose(), request.changes())
                .run()
                .then(recovered -> checkpoint.makeDurable().map(done -> recovered))
                .map(recovered ->
                    new LogOpening(
                        request, new LogParts(checkpoint, poison, summaries, recovered))));
  }

  /** The checkpoint in force: which disks belong to the log and what they must hold. */
  public Checkpoint checkpoint() {
    return parts.checkpoint().inForce();
  }

  /** See {@link ReadableLog#stampDisk}; before the log begins. One at a time. */
  public Async<Void> stampDisk(DiskStamp larger) {
    return parts.checkpoint().stamp(larger);
  }

  /** The state that the log holds; empty if it was never written. */
  public Optional<StateSnapshot> state() {
    return parts.recovered().state();
  }

  /** The epochs that it went through. */
  public Lineage lineage() {
    return state().map(StateSnapshot::lineage).orElse(Lineage.NONE);
  }

  /** Below it, and below the checkpoint, there is damaged log; 0 if there is none. */
  long soundLsn() {
    return parts.recovered().soundLsn();
  }

  /** What all logfiles take. */
  public long usedBytes() {
    Recovered recovered = parts.recovered();
    return (recovered.files().size() + recovered.spares().size())
        * request.config().limits().logfileBytes();
  }

  /** Where the recovered log ends. */
  public long endLsn() {
    return parts.recovered().endLsn();
  }

  /**
   * Begins a new epoch. The log can be read, and its checkpoint moved, at once; it takes records
   * when {@link Log#started} has succeeded.
   *
   * @param volumes the state of all volumes from now on
   * @param succession which epoch, if that was agreed with others; ignored if it has begun already
   */
  public Log begin(
      List<StateSnapshot.VolumeState> volumes,
      Optional<Succession> succession,
      Log.Listener listener) {
    Invariant.check(
        request.purpose() == Recovery.Purpose.WRITING, "a log that was opened to be written");
    Invariant.check(succession.isEmpty() || state().isPresent(), "a log that can be continued");
    KeptLog kept = kept();
    kept.keepRecoveredSummaries();
    return new Log(kept, LogEnd.of(parts.recovered()), volumes, succession, listener);
  }

  /** Goes on receiving: no epoch begins, and what comes next is another member's bytes. */
  public ReceivedLog receive(ReceivedLog.Listener listener) {
    Invariant.check(
        request.purpose() == Recovery.Purpose.RECEIVING, "a log that was opened to be received");
    KeptLog kept = kept();
    kept.keepRecoveredSummaries();
    return new ReceivedLog(kept, ReceivedEnd.of(parts.recovered()), listener);
  }

  /** Begins nothing: closes all files and gives the lock back. */
  public Async<Void> abandon() {
    return kept().close();
  }

  /** The same because of a failure, which then goes on. */
  public <T> Function<IOException, Async<T>> abandoning() {
    return cause -> Async.failedAfter(abandon(), cause);
  }

  private KeptLog kept() {
    return new KeptLog(request.seams(), request.config(), parts);
  }
}
