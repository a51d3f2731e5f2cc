package io.tharsis.replication.control;

import io.tharsis.logfiles.format.AppliedRange;
import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.HybridClock;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.Poison;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.format.Slots;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.format.Summary;
import io.tharsis.logfiles.log.LogReport;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;

/** Says in plain values what an inspection has found. */
final class LogViews {

  private LogViews() {}

  static LogView of(LogReport report) {
    return new LogView(
        report.directory(),
        report.resourceId().map(UUID::toString),
        checkpoint(report.checkpoint()),
        poison(report.poison()),
        report.files().stream().map(LogViews::file).toList(),
        report.summaries().stream().map(LogViews::summary).toList(),
        report.state().map(StateSnapshot::lineage).orElse(Lineage.NONE).epochs().stream()
            .map(LogViews::epoch)
            .toList(),
        verdict(report.verdict()),
        report.damages().stream()
            .map(damage ->
                new LogView.Damage(
                    damage.file(), damage.fileOffset(), damage.lsn(), damage.reason()))
            .toList(),
        report.remarks(),
        report.isSound());
  }

  private static Optional<LogView.CheckpointView> checkpoint(Slots.Decision<Checkpoint> decision) {
    return decision instanceof Slots.Decision.InForce(Checkpoint inForce, Reading<Checkpoint> other)
        ? Optional.of(
            new LogView.CheckpointView(
                inForce.sequence(),
                inForce.progress().checkpointLsn(),
                inForce.progress().horizonLsn(),
                inForce.progress().epochNumber(),
                other.words(),
                inForce.disks().stream().map(LogViews::disk).toList(),
                inForce.applied().stream().map(LogViews::applied).toList()))
        : Optional.empty();
  }

  private static LogView.DiskView disk(DiskStamp stamp) {
    return new LogView.DiskView(
        stamp.volume(), stamp.sizeBytes(), stamp.fingerprint().toString(), stamp.shown());
  }

  private static LogView.AppliedView applied(AppliedRange range) {
    return new LogView.AppliedView(
        range.volume(), range.offset(), range.lengthBytes(), range.crc());
  }

  private static Optional<LogView.PoisonView> poison(Reading<Poison> marker) {
    return switch (marker) {
      case Reading.Blank<Poison> blank -> Optional.empty();
      case Reading.Sound<Poison>(Poison poison) -> Optional.of(marker(poison));
      case Reading.Corrupt<Poison> other -> unreadable(marker);
      case Reading.TooNew<Poison> other -> unreadable(marker);
      case Reading.Foreign<Poison> other -> unreadable(marker);
    };
  }

  static LogView.PoisonView marker(Poison poison) {
    return new LogView.PoisonView(
        poison.logfile(), poison.lsn(), poison.wallMillis(), poison.reason());
  }

  private static Optional<LogView.PoisonView> unreadable(Reading<Poison> marker) {
    return Optional.of(new LogView.PoisonView("", 0, 0, "the marker is " + marker.words()));
  }

  private static LogView.LogfileView file(LogReport.File file) {
    return new LogView.LogfileView(
        file.name(),
        file.sizeBytes(),
        file.use().name().toLowerCase(Locale.ROOT),
        file.header().words(),
        file.header().sound().map(LogViews::header),
        file.contents().map(LogViews::contents));
  }

  private static LogView.HeaderView header(LogfileHeader header) {
    return new LogView.HeaderView(
        header.number(),
        header.baseLsn(),
        header.writer().nodeName(),
        header.writer().nodeId().toString(),
        header.writer().incarnation().toString(),
        HybridClock.millis(header.writer().createdAt()),
        epoch(header.epoch()),
        header.predecessor().endLsn(),
        header.predecessor().digest().toString());
  }

  private static LogView.ContentsView contents(LogReport.Contents contents) {
    return new LogView.ContentsView(
        contents.endLsn(),
        contents.digest().toString(),
        contents.isSealed(),
        contents.byType().entrySet().stream()
            .map(entry ->
                new LogView.CountView(
                    typeName(entry.getKey()),
                    entry.getValue().records(),
                    entry.getValue().payloadBytes()))
            .toList());
  }

  static String typeName(int code) {
    return Stream.of(RecordType.values())
        .filter(type -> type.code() == code)
        .map(RecordType::name)
        .findFirst()
        .orElse("TYPE-" + code);
  }

  private static LogView.EpochView epoch(Epoch epoch) {
    return new LogView.EpochView(
        epoch.number(),
        epoch.id().toString(),
        epoch.kind().name(),
        epoch.startLsn(),
        Optional.of(epoch.parent())
            .filter(parent -> !parent.equals(Epoch.Parent.NONE))
            .map(parent -> parent.id().toString()));
  }

  private static LogView.SummaryView summary(Summary summary) {
    long[] touched = {0};
    summary.touched().values().forEach(set -> set.runs((from, to) -> touched[0] += to - from));
    Summary.Piece piece = summary.piece();
    return new LogView.SummaryView(
        piece.number(),
        piece.epochId().toString(),
        piece.baseLsn(),
        piece.endLsn(),
        summary.digest().toString(),
        touched[0]);
  }

  private static LogView.Verdict verdict(LogReport.Verdict verdict) {
    return switch (verdict) {
      case LogReport.Verdict.Opens(long endLsn, boolean sealed) ->
          new LogView.Verdict(
              true,
              "OPENS",
              OptionalLong.of(endLsn),
              sealed,
              "it would open, its log ends at LSN %d, %s"
                  .formatted(
                      endLsn, sealed ? "closed in order" : "not closed in order, or still open"));
      case LogReport.Verdict.Refused(var code, String message) ->
          new LogView.Verdict(false, code.name(), OptionalLong.empty(), false, message);
    };
  }
}
