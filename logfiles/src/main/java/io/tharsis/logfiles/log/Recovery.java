package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.RecordVerdict;
import io.tharsis.logfiles.format.Summary;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out how far the log of a resource goes, after whatever happened to it: scans the logfiles,
 * decides every damaged place by {@link RecoveryTable}, and makes durable what is kept. Changes
 * nothing before every decision is made. Used once per opening.
 */
final class Recovery {

  /** What the log is opened for. */
  enum Purpose {
    /** A new epoch follows in a new logfile: the last block is filled up. */
    WRITING,
    /**
     * Another member's bytes follow in the same logfile: the end is moved back to where they can,
     * and what is missing then is fetched again.
     */
    RECEIVING
  }

  private final Store store;
  private final Checkpoint checkpoint;
  private final boolean acceptLoss;
  private final Purpose purpose;
  private final List<Logfile> files = new ArrayList<>();
  private final List<Summary> summaries = new ArrayList<>();
  private final List<LogDirectory.Spare> extraSpares = new ArrayList<>();
  private final List<LogDirectory.Spare> retired = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private final LogProgress progress;
  private long soundLsn;

  /** A place where a logfile's records stop, and what the table says about it. */
  record Finding(String file, long fileOffset, Place place, RecoveryTable.Row row) {
    /** Nothing that was ever written is there, as far as can be seen: every log ends like this. */
    boolean isPlainEnd() {
      return row.verdict() == RecoveryTable.Verdict.CUT
          && !place.headerOk()
          && place.proofBeyond().isEmpty();
    }
  }

  Recovery(
      Store store,
      Checkpoint checkpoint,
      boolean acceptLoss,
      Purpose purpose,
      RecoveredChange changes) {
    this.store = store;
    this.checkpoint = checkpoint;
    this.acceptLoss = acceptLoss;
    this.purpose = purpose;
    this.progress = new LogProgress(checkpointLsn(), horizonLsn(), changes);
  }

  private long checkpointLsn() {
    return checkpoint.progress().checkpointLsn();
  }

  private long horizonLsn() {
    return checkpoint.progress().horizonLsn();
  }

  /** Finds the end of the log and makes everything before it durable. */
  Async<Recovered> run() {
    return decide().then(found -> settle().map(end -> result(found, end)));
  }

  /** Everything that {@link #run} does before it changes anything, for those who only look. */
  Async<LogCandidates> decide() {
    return LogCandidates.read(store, checkpoint.resourceId())
        .then(found -> checkBeginning(found).then(done -> scanAll(found)).map(done -> found));
  }

  /** Every place that was judged, in log order; the last one may be why the log is refused. */
  List<Finding> findings() {
    return findings;
  }

  /** Where the log ends, once that has been decided. */
  long endLsn() {
    return progress.endLsn();
  }

  /** Whether it was closed in order. */
  boolean isSealed() {
    return progress.isSealed();
  }

  /** The chain has to reach back to the checkpoint. */
  private Async<Void> checkBeginning(LogCandidates found) {
    if (found.chain().isEmpty()) {
      boolean neverBegun = checkpoint.progress().epochNumber() == 0;
      return neverBegun && checkpoint.progress().isPrefix()
          ? Async.done()
          : missing("no logfile is left; the log is needed from LSN " + checkpointLsn());
    }
    long base = found.chain().getFirst().header().baseLsn();
    if (base > checkpointLsn()) {
      return missing("the log is needed from LSN " + checkpointLsn() + ", it begins at " + base);
    }
    return Async.done();
  }

  private Async<Void> missing(String what) {
    boolean prefix = checkpoint.progress().isPrefix();
    return Async.failed(
        new LogDamage(
            prefix ? LogDamage.Code.LOG_DAMAGED : LogDamage.Code.INCONSISTENT,
            what
                + (prefix
                    ? "; the disk alone is consistent at LSN " + checkpointLsn()
                    : "; the disk may hold effects up to LSN " + horizonLsn())));
  }

  private Async<Void> scanAll(LogCandidates found) {
    List<Integer> indices = new ArrayList<>();
    for (int i = 0; i < found.chain().size(); i++) {
      indices.add(i);
    }
    return Async.forEach(indices, i -> scan(found, i))
        .then(done -> checkState())
        .then(done -> checkSuccessor(found));
  }

  private boolean isReceiving() {
    return purpose == Purpose.RECEIVING;
  }

  private Async<Void> scan(LogCandidates found, int index) {
    if (index >= found.chain().size()) {
      return Async.done();
    }
    LogCandidates.Begun begun = found.chain().get(index);
    boolean last = index == found.chain().size() - 1;
    LogfileHeader header = begun.header();
    long limit =
        last ? header.limitLsn() : found.chain().get(index + 1).header().predecessor().endLsn();
    if (limit == header.baseLsn()) {
      // Begun by an opening that crashed before its first record: holds nothing.
      extraSpares.add(new LogDirectory.Spare(begun.name(), begun.disk()));
      return Async.done();
    }
    if (isReceiving() && (last || acceptLoss)) {
      return new TailSearch(begun, checkpointLsn())
          .run(limit)
          .then(end ->
              end == limit && !last ? scanTo(found, index, limit) : scanTail(found, index, end));
    }
    return scanTo(found, index, limit);
  }

  /** The log goes on at {@code end}, which is in this logfile; those behind it are not used. */
  private Async<Void> scanTail(LogCandidates found, int index, long end) {
    boolean empty = end == found.chain().get(index).header().baseLsn();
    List<LogCandidates.Begun> behind =
        found.chain().subList(empty ? index : index + 1, found.chain().size());
    behind
        .reversed()
        .forEach(file -> retired.add(new LogDirectory.Spare(file.name(), file.disk())));
    behind.clear();
    return empty ? Async.done() : scanTo(found, index, end);
  }

  private Async<Void> scanTo(LogCandidates found, int index, long limit) {
    LogCandidates.Begun begun = found.chain().get(index);
    boolean last = index == found.chain().size() - 1;
    LogfileHeader header = begun.header();
    progress.begin(header);
    return walk(begun, header.baseLsn(), limit, last)
        .then(end -> {
          Logfile file = new Logfile(begun.name(), header, begun.disk());
          files.add(file);
          if (!last) {
            file.close(end);
            progress.summary().ifPresent(summaries::add);
            return checkDigest(found.chain().get(index + 1).header());
          }
          return Async.done();
        });
  }

  /** Walks one logfile; gives where its log ends. */
  private Async<Long> walk(LogCandidates.Begun begun, long from, long limit, boolean last) {
    LogfileScan scan = new LogfileScan(begun.header(), begun.disk(), progress);
    return scan.walk(from, limit)
        .then(end -> {
          if (end.damage().isEmpty() && progress.isBetweenGroups()) {
            return Async.of(end.lsn());
          }
          RecordVerdict verdict = end.damage().orElse(RecordVerdict.TRUNCATED);
          return scan.proofBeyond(end.lsn())
              .then(proof ->
                  judge(
                      begun,
                      limit,
                      last,
                      new Place(end.lsn(), verdict, proof, end.behindDamage())));
        });
  }

  /** A place where the log does not go on; see {@link LogfileScan.End} for what is behind. */
  record Place(long lsn, RecordVerdict verdict, Optional<Long> proofBeyond, Optional<Long> behind) {
    boolean headerOk() {
      return verdict == RecordVerdict.BODY_CORRUPT;
    }
  }

  private Async<Long> judge(LogCandidates.Begun begun, long limit, boolean last, Place place) {
    if (TailSearch.isBeyondUs(place.verdict())) {
      return Async.failed(
          new LogDamage(
              LogDamage.Code.NOT_OURS,
              begun.name() + " at LSN " + place.lsn() + ": " + place.verdict()));
    }
    long at = place.lsn();
    boolean belowCheckpoint = at < checkpointLsn();
    boolean belowHorizon = at < horizonLsn();
    boolean proved =
        !last
            || belowHorizon
            || at < progress.provedLsn()
            || place.proofBeyond().filter(proof -> proof > at).isPresent();
    RecoveryTable.Row row =
        RecoveryTable.decide(
            new RecoveryTable.Evidence(
                place.headerOk(),
                false,
                place.proofBeyond().isPresent(),
                proved,
                belowHorizon,
                belowCheckpoint));
    findings.add(new Finding(begun.name(), begun.header().fileOffset(at), place, row));
    return switch (row.verdict()) {
      case CUT -> cut(begun);
      case FORGET -> forget(begun, limit, last, place);
      case FETCH_OR_REFUSE ->
          acceptLoss && last
              ? cut(begun)
              : Async.failed(damage(LogDamage.Code.LOG_DAMAGED, begun, place, row));
      case FETCH_OR_INCONSISTENT ->
          Async.failed(damage(LogDamage.Code.INCONSISTENT, begun, place, row));
      case KEEP, REFUSE -> Async.failed(damage(LogDamage.Code.NOT_OURS, begun, place, row));
    };
  }

  /** The log ends behind the last whole group; a group that was begun does not count. */
  private Async<Long> cut(LogCandidates.Begun begun) {
    if (progress.isBetweenGroups()) {
      return Async.of(progress.endLsn());
    }
    long end = progress.endLsn();
    progress.rescan(begun.header());
    return new LogfileScan(begun.header(), begun.disk(), progress)
        .walk(begun.header().baseLsn(), end)
        .map(again -> again.lsn());
  }

  /**
   * History below the checkpoint is given up; what is needed begins at the checkpoint or later. The
   * walk goes on right behind the damaged record if that can be told, to see every newer state.
   */
  private Async<Long> forget(LogCandidates.Begun begun, long limit, boolean last, Place place) {
    for (Logfile history : files) {
      extraSpares.add(new LogDirectory.Spare(history.name(), history.disk()));
    }
    files.clear();
    summaries.clear();
    long needed = Math.min(limit, checkpointLsn());
    Optional<Long> behind = place.behind().filter(lsn -> lsn <= needed);
    soundLsn = behind.orElse(needed);
    if (behind.isPresent()) {
      progress.beginAgain(behind.get());
    } else {
      progress.forgetHistory(needed);
    }
    return walk(begun, behind.orElse(needed), limit, last);
  }

  private IOException damage(
      LogDamage.Code code, LogCandidates.Begun begun, Place place, RecoveryTable.Row row) {
    return new LogDamage(
        code,
        "%s is damaged at LSN %d (file offset %d, %s): %s. Log from there on would be lost"
            .formatted(
                begun.name(),
                place.lsn(),
                begun.header().fileOffset(place.lsn()),
                place.verdict(),
                row.reason()));
  }

  private Async<Void> checkDigest(LogfileHeader next) {
    if (next.predecessor().mayFollow(progress.digest())) {
      return Async.done();
    }
    return Async.failed(
        new LogDamage(
            LogDamage.Code.LOG_DAMAGED,
            "the chain digest at LSN "
                + next.baseLsn()
                + " is not the one that logfile "
                + next.number()
                + " continues"));
  }

  /** The disks have what damaged history said of them; its state snapshots are nowhere else. */
  private Async<Void> checkState() {
    if (progress.unreadableState().isPresent()) {
      String reason = progress.unreadableState().get().getMessage();
      return Async.failed(
          new LogDamage(
              LogDamage.Code.NOT_OURS, "the state of the volumes cannot be read: " + reason));
    }
    return progress.isStateSure() || acceptLoss
        ? Async.done()
        : Async.failed(
            new LogDamage(
                LogDamage.Code.LOG_DAMAGED,
                "the newest state of the volumes may be in a damaged part of the log below LSN "
                    + checkpointLsn()
                    + "; an older one would be used"));
  }

  /**
   * A logfile that follows the newest readable one, with a damaged header: torn when it was begun,
   * then it holds nothing; or rotten, then whole records or the checkpoint tell of it.
   */
  private Async<Void> checkSuccessor(LogCandidates found) {
    if (isReceiving()) {
      return progress.endLsn() < horizonLsn()
          ? missing("the log ends at LSN " + progress.endLsn())
          : Async.done();
    }
    if (found.chain().isEmpty()) {
      return Async.done();
    }
    LogfileHeader newest = found.chain().getLast().header();
    if (progress.endLsn() < horizonLsn()) {
      return missing("the log ends at LSN " + progress.endLsn());
    }
    if (acceptLoss) {
      return Async.done();
    }
    if (checkpoint.progress().epochNumber() > newest.epoch().number()) {
      return lostSuccessor(newest.number() + 1, "the checkpoint was written in a later epoch");
    }
    if (progress.provedLsn() > progress.endLsn()) {
      return lostSuccessor(newest.number() + 1, "log beyond it was durable");
    }
    return found
        .corrupt(newest.number() + 1)
        .map(disk -> {
          LogfileHeader guess = successorOf(newest, disk.sizeBytes());
          return new LogfileScan(guess, disk, (view, buffer, at) -> {})
              .proofBeyond(guess.baseLsn() - 1)
              // Header and first records are one write: torn, it leaves records that prove nothing.
              .then(proof ->
                  proof.filter(durable -> durable > guess.baseLsn()).isEmpty()
                      ? Async.done()
                      : lostSuccessor(guess.number(), "it held acknowledged records"));
        })
        .orElse(Async.done());
  }

  private LogfileHeader successorOf(LogfileHeader newest, long sizeBytes) {
    long base = progress.endLsn();
    return new LogfileHeader(
        newest.resourceId(),
        new LogfileHeader.Shape(
            newest.number() + 1,
            base,
            sizeBytes,
            newest.shape().blockBytes(),
            LogfileHeader.Features.NONE),
        newest.writer(),
        newest.epoch(),
        new LogfileHeader.Predecessor(base, Digest.NONE));
  }

  private Async<Void> lostSuccessor(long number, String evidence) {
    return Async.failed(
        new LogDamage(
            LogDamage.Code.LOG_DAMAGED,
            "the header of logfile %d is damaged or the file is missing: %s"
                .formatted(number, evidence)));
  }

  /** Makes the end of the log durable; gives the block boundary at which it is. */
  private Async<Long> settle() {
    return Async.forEach(retired, Recovery::retire).then(done -> settleTail());
  }

  /**
   * Takes a logfile's header away for good: its number will be given to another one. Newest first,
   * so that a crash leaves a chain without gaps.
   */
  private static Async<Void> retire(LogDirectory.Spare file) {
    ByteBuffer blank = LogBuffers.aligned(LogfileHeader.BYTES);
    Extent extent = Extent.of(0, blank);
    return Async.start(done -> file.disk().write(List.of(extent), Durability.DURABLE, done));
  }

  private Async<Long> settleTail() {
    if (files.isEmpty() || files.getLast().isClosed()) {
      return Async.of(progress.endLsn());
    }
    Logfile newest = files.getLast();
    long known = isReceiving() ? horizonLsn() : progress.provedLsn();
    long proved = Math.max(newest.baseLsn(), Math.min(known, progress.endLsn()));
    TailRewrite rewrite = new TailRewrite(newest, progress);
    // Its first batch was never proved durable, so neither was the header that came with it.
    Async<Void> header = proved == newest.baseLsn() ? rewrite.rewriteHeader() : Async.done();
    return header
        .then(done -> rewrite.run(proved, progress.endLsn()))
        .map(end -> {
          if (isReceiving()) {
            return progress.endLsn();
          }
          newest.close(end);
          progress.summary().ifPresent(summaries::add);
          return end;
        });
  }

  private Recovered result(LogCandidates found, long end) {
    List<LogDirectory.Spare> spares = new ArrayList<>(found.spares());
    spares.addAll(extraSpares);
    spares.addAll(retired);
    return new Recovered(
        files,
        summaries,
        spares,
        end,
        new LogfileHeader.Predecessor(end, progress.digest().orElse(Digest.NONE)),
        progress.hybridTime(),
        progress.state(),
        progress.isSealed(),
        progress.summarizer(),
        soundLsn);
  }
}
