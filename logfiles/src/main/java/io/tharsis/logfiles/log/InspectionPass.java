package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.LogfileName;
import io.tharsis.logfiles.format.Poison;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.format.Slots;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.format.Summary;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Store;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One look at a resource's directory: reads every file once, walks every logfile, and lets {@link
 * Recovery} decide what an opening would do. Used once, by {@link LogInspection}.
 */
final class InspectionPass {

  /** A file for log and its header, or what is in the place of one. */
  record Seen(String name, Disk disk, Reading<LogfileHeader> header) {}

  private final Store store;
  private final List<Seen> seen = new ArrayList<>();
  private final List<LogfileWalk> walks = new ArrayList<>();
  private final List<Summary> summaries = new ArrayList<>();
  private final DamageList damages = new DamageList();
  private Slots.Decision<Checkpoint> checkpoint =
      new Slots.Decision.Refused<>("there is no checkpoint");
  private Reading<Poison> poison = new Reading.Corrupt<>("missing");
  private Optional<UUID> resourceId = Optional.empty();
  private LogReport.Verdict verdict =
      new LogReport.Verdict.Refused(LogDamage.Code.CHECKPOINT_DAMAGED, "there is no checkpoint");

  InspectionPass(Store store) {
    this.store = store;
  }

  Async<LogReport> run() {
    return store
        .list()
        .then(names ->
            names.contains(CheckpointFile.NAME) || names.stream().anyMatch(LogCandidates::isOurs)
                ? readAll(names)
                : Async.failed(new LogInspection.NoResource(store.name())))
        .map(done -> report());
  }

  private Async<Void> readAll(List<String> names) {
    return readCheckpoint(names)
        .then(done ->
            Async.forEach(names.stream().filter(LogCandidates::isOurs).toList(), this::readHeader))
        .then(done -> readPoison(names))
        .then(done -> walkLog())
        .then(done -> decide())
        .then(done -> readSummaries(names));
  }

  private Async<Void> readCheckpoint(List<String> names) {
    if (!names.contains(CheckpointFile.NAME)) {
      return Async.done();
    }
    return store
        .open(CheckpointFile.NAME)
        .then(disk ->
            disk.sizeBytes() < Checkpoint.SLOTS_BYTES
                ? Async.<Slots.Decision<Checkpoint>>of(
                    new Slots.Decision.Refused<>("the file is too short"))
                : CheckpointFile.decide(disk))
        .map(found -> {
          checkpoint = found;
          if (found instanceof Slots.Decision.InForce(Checkpoint inForce, var other)) {
            resourceId = Optional.of(inForce.resourceId());
          }
          return null;
        });
  }

  private Async<Void> readHeader(String name) {
    return store
        .open(name)
        .then(disk ->
            header(disk)
                .map(header -> {
                  seen.add(new Seen(name, disk, header));
                  return null;
                }));
  }

  private Async<Reading<LogfileHeader>> header(Disk disk) {
    if (disk.sizeBytes() < LogfileHeader.BYTES + LogLimits.BLOCK_BYTES) {
      return Async.of(new Reading.Corrupt<>("too short to be a logfile"));
    }
    ByteBuffer block = ByteBuffer.allocateDirect(LogfileHeader.BYTES);
    return Async.start(done -> disk.read(block, 0, done))
        .map(done ->
            resourceId
                .map(id -> LogfileHeader.decode(block, 0, id))
                .orElseGet(() -> LogfileHeader.decode(block, 0)));
  }

  /** Whether no logfile was begun anew since its header was read. */
  Async<Boolean> isSteady() {
    boolean[] steady = {true};
    return Async.forEach(
            seen,
            file ->
                header(file.disk())
                    .map(now -> {
                      steady[0] &= now.equals(file.header());
                      return null;
                    }))
        .map(done -> steady[0]);
  }

  private Async<Void> readPoison(List<String> names) {
    if (!names.contains(PoisonFile.NAME)) {
      return Async.done();
    }
    return store
        .open(PoisonFile.NAME)
        .then(disk ->
            disk.sizeBytes() < Poison.BYTES
                ? Async.<Reading<Poison>>of(new Reading.Corrupt<>("too short"))
                : new PoisonFile(disk).read(resourceId.orElse(new UUID(0, 0))))
        .map(found -> {
          poison = found;
          return null;
        });
  }

  /** Walks the logfiles that belong together; what else there is holds no log. */
  private Async<Void> walkLog() {
    UUID id =
        resourceId.orElseGet(() ->
            seen.stream()
                .flatMap(file -> file.header().sound().stream())
                .map(LogfileHeader::resourceId)
                .findFirst()
                .orElse(new UUID(0, 0)));
    return LogCandidates.read(store, id)
        .map(LogCandidates::chain)
        // Recovery will say the same and more.
        .orElse(cause -> cause instanceof LogDamage ? Async.of(List.of()) : Async.failed(cause))
        .then(chain -> Async.forEach(walks(chain), walk -> walk.run(limit(walk)).map(w -> null)));
  }

  private List<LogfileWalk> walks(List<LogCandidates.Begun> chain) {
    chain.forEach(begun -> walks.add(new LogfileWalk(begun)));
    return walks;
  }

  private long limit(LogfileWalk walk) {
    int next = walks.indexOf(walk) + 1;
    return next < walks.size()
        ? walks.get(next).header().predecessor().endLsn()
        : walk.header().limitLsn();
  }

  private Async<Void> decide() {
    for (int i = 0; i < walks.size() - 1; i++) {
      damages.ofClosed(walks.get(i), walks.get(i + 1).header());
    }
    walks.forEach(walk -> walk.unreadableState().ifPresent(damages::ofResource));
    return switch (checkpoint) {
      case Slots.Decision.InForce<Checkpoint>(Checkpoint inForce, var other) -> recover(inForce);
      case Slots.Decision.NeverWritten<Checkpoint>() -> {
        verdict = neverWritten();
        yield Async.done();
      }
      case Slots.Decision.Refused<Checkpoint>(String reason) -> {
        verdict = refused(LogDamage.Code.CHECKPOINT_DAMAGED, reason);
        damages.ofFile(CheckpointFile.NAME, reason);
        yield Async.done();
      }
    };
  }

  private LogReport.Verdict neverWritten() {
    boolean hasLog = seen.stream().anyMatch(file -> LogfileName.parse(file.name()).isPresent());
    if (hasLog) {
      damages.ofFile(CheckpointFile.NAME, "it was never written, and there are logfiles");
      return refused(LogDamage.Code.CHECKPOINT_DAMAGED, "there are logfiles, but no checkpoint");
    }
    damages.remark("the creation of the resource was not finished; an opening begins it anew");
    return new LogReport.Verdict.Opens(0, false);
  }

  private static LogReport.Verdict refused(LogDamage.Code code, String message) {
    return new LogReport.Verdict.Refused(code, message);
  }

  private Async<Void> recover(Checkpoint inForce) {
    Recovery recovery =
        new Recovery(store, inForce, false, Recovery.Purpose.WRITING, (entry, lsn) -> {});
    return recovery
        .decide()
        .map(found ->
            (LogReport.Verdict) new LogReport.Verdict.Opens(recovery.endLsn(), recovery.isSealed()))
        .orElse(cause ->
            cause instanceof LogDamage damage
                ? Async.of(refused(damage.code(), damage.getMessage()))
                : Async.failed(cause))
        .map(decided -> {
          damages.ofRecovery(recovery.findings(), decided);
          verdict = poisoned().orElse(decided);
          return null;
        });
  }

  private Optional<LogReport.Verdict> poisoned() {
    return switch (poison) {
      case Reading.Blank<Poison> blank -> Optional.empty();
      case Reading.Sound<Poison>(Poison marker) ->
          Optional.of(refused(LogDamage.Code.POISONED, LogOpening.poisoned(marker).getMessage()));
      case Reading.Corrupt<Poison> other -> Optional.of(unreadablePoison());
      case Reading.TooNew<Poison> other -> Optional.of(unreadablePoison());
      case Reading.Foreign<Poison> other -> Optional.of(unreadablePoison());
    };
  }

  private LogReport.Verdict unreadablePoison() {
    damages.ofFile(PoisonFile.NAME, "the poison marker is " + poison.words());
    return refused(LogDamage.Code.POISONED, "the poison marker is " + poison.words());
  }

  private Async<Void> readSummaries(List<String> names) {
    if (resourceId.isEmpty()) {
      return Async.done();
    }
    Scratch scratch = new Scratch(Summary.MAX_BYTES);
    return Async.forEach(SummaryFiles.NAMES, name -> readSummaries(names, name, scratch))
        .map(done -> {
          summaries.sort(Comparator.comparingLong(summary -> summary.piece().number()));
          compareSummaries();
          scratch.close();
          return null;
        });
  }

  private Async<Void> readSummaries(List<String> names, String name, Scratch scratch) {
    if (!names.contains(name)) {
      damages.ofFile(name, "the file is missing");
      return Async.done();
    }
    return store
        .open(name)
        .then(disk -> SummaryFiles.read(disk, scratch, resourceId.orElseThrow()))
        .map(entries -> {
          summaries.addAll(entries.summaries());
          return null;
        });
  }

  private void compareSummaries() {
    // The newest logfile may still grow.
    for (LogfileWalk walk : walks.subList(0, Math.max(0, walks.size() - 1))) {
      summaries.stream()
          .filter(summary ->
              summary.piece().number() == walk.header().number()
                  && summary.piece().epochId().equals(walk.header().epoch().id()))
          .findFirst()
          .ifPresent(summary -> damages.ofSummary(summary, walk));
    }
  }

  private LogReport report() {
    if (checkpoint instanceof Slots.Decision.InForce(var inForce, var other)) {
      damages.ofOtherSlot(other);
    }
    Optional<StateSnapshot> state =
        walks.stream().flatMap(walk -> walk.state().stream()).reduce((older, newer) -> newer);
    return new LogReport(
        store.name(),
        resourceId,
        checkpoint,
        poison,
        files(),
        summaries,
        state,
        verdict,
        damages.all(),
        damages.remarks());
  }

  private List<LogReport.File> files() {
    return seen.stream()
        .map(this::file)
        .sorted(
            Comparator.comparing((LogReport.File file) -> file.use() == LogReport.Use.SPARE)
                .thenComparing(LogReport.File::name))
        .toList();
  }

  private LogReport.File file(Seen file) {
    Optional<LogfileWalk> walk =
        walks.stream().filter(known -> known.begun().name().equals(file.name())).findFirst();
    return new LogReport.File(
        file.name(),
        file.disk().sizeBytes(),
        walk.isPresent() ? LogReport.Use.LOG : useOf(file),
        file.header(),
        walk.map(LogfileWalk::contents));
  }

  private static LogReport.Use useOf(Seen file) {
    Optional<Long> number = LogfileName.parse(file.name()).map(LogfileName::number);
    return switch (file.header()) {
      case Reading.Sound<LogfileHeader>(LogfileHeader header) ->
          number.filter(n -> n == header.number()).isPresent()
              ? LogReport.Use.HISTORY
              : LogReport.Use.SPARE;
      case Reading.Blank<LogfileHeader> blank -> LogReport.Use.SPARE;
      case Reading.Corrupt<LogfileHeader> corrupt -> LogReport.Use.DAMAGED;
      case Reading.TooNew<LogfileHeader> tooNew -> LogReport.Use.REFUSED;
      case Reading.Foreign<LogfileHeader> foreign -> LogReport.Use.REFUSED;
    };
  }
}
