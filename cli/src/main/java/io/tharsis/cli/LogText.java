package io.tharsis.cli;

import io.tharsis.replication.control.LogView;
import io.tharsis.replication.control.RecordLine;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Renders what is known about a log for people. */
final class LogText {

  private static final String RECORD = "%16s  %-6s %-10s %6s %16s %10s %9s  %-24s %16s %5s";

  /** The line above the records of a dump. */
  static final String RECORD_TITLE =
      String.format(
              Locale.ROOT,
              RECORD,
              "LSN",
              "TYPE",
              "FLAGS",
              "VOLUME",
              "OFFSET",
              "LENGTH",
              "PAYLOAD",
              "TIME",
              "DURABLE",
              "EPOCH")
          .stripTrailing();

  private LogText() {}

  static String record(RecordLine line) {
    return String.format(
            Locale.ROOT,
            RECORD,
            line.lsn(),
            line.type(),
            line.flags().isEmpty() ? "-" : line.flags(),
            line.volume(),
            line.offset(),
            line.lengthBytes(),
            line.payloadBytes(),
            Instant.ofEpochMilli(line.millis()),
            line.durableLsn(),
            line.epoch())
        .stripTrailing();
  }

  static void inspection(LogView view, PrintWriter out) {
    field(out, "directory", view.directory());
    field(out, "resource", view.resourceId().orElse("unknown"));
    view.checkpoint()
        .ifPresentOrElse(c -> checkpoint(c, out), () -> field(out, "checkpoint", "none"));
    field(out, "poison", view.poison().map(LogText::poison).orElse("none"));
    for (LogView.EpochView epoch : view.lineage()) {
      field(
          out,
          "epoch",
          "%d %s %s from LSN %d"
              .formatted(epoch.number(), epoch.id(), epoch.kind(), epoch.startLsn()));
    }
    files(view.files(), out);
    contents(view.files(), out);
    summaries(view.summaries(), out);
    out.println();
    verification(view, out);
  }

  private static void checkpoint(LogView.CheckpointView checkpoint, PrintWriter out) {
    field(
        out,
        "checkpoint",
        "LSN %d, horizon LSN %d, epoch %d, sequence %d; the other slot is %s"
            .formatted(
                checkpoint.checkpointLsn(),
                checkpoint.horizonLsn(),
                checkpoint.epoch(),
                checkpoint.sequence(),
                checkpoint.otherSlot()));
    for (LogView.DiskView disk : checkpoint.disks()) {
      field(
          out,
          "disk",
          "volume %d, %d bytes, %s".formatted(disk.volume(), disk.sizeBytes(), disk.identity()));
    }
    if (!checkpoint.applied().isEmpty()) {
      applied(checkpoint.applied(), out);
    }
  }

  private static void applied(List<LogView.AppliedView> ranges, PrintWriter out) {
    LogView.AppliedView newest = ranges.getLast();
    field(
        out,
        "applied",
        "%d ranges that attaching verifies, the newest: volume %d, bytes [%d, %d), CRC32C %08x"
            .formatted(
                ranges.size(),
                newest.volume(),
                newest.offset(),
                newest.offset() + newest.lengthBytes(),
                newest.crc()));
  }

  private static String poison(LogView.PoisonView poison) {
    return poison.logfile().isEmpty()
        ? poison.reason()
        : "writing %s failed at LSN %d, %s: %s"
            .formatted(
                poison.logfile(),
                poison.lsn(),
                Instant.ofEpochMilli(poison.millis()),
                poison.reason());
  }

  private static void files(List<LogView.LogfileView> files, PrintWriter out) {
    TextTable table =
        new TextTable("FILE", ">NUMBER", ">BASE", ">END", ">SIZE", ">EPOCH", "WRITER", "USE");
    for (LogView.LogfileView file : files) {
      Optional<LogView.HeaderView> header = file.header();
      table.row(
          file.name(),
          header.map(h -> String.valueOf(h.number())).orElse("-"),
          header.map(h -> String.valueOf(h.baseLsn())).orElse("-"),
          file.contents().map(c -> String.valueOf(c.endLsn())).orElse("-"),
          String.valueOf(file.sizeBytes()),
          header.map(h -> String.valueOf(h.epoch().number())).orElse("-"),
          header.map(LogView.HeaderView::writer).orElse("-"),
          use(file));
    }
    out.println();
    table.print(out);
  }

  private static String use(LogView.LogfileView file) {
    return switch (file.use()) {
      case "log" -> file.contents().orElseThrow().sealed() ? "log, sealed" : "log";
      case "damaged", "refused" -> file.use() + ": " + file.headerState();
      default -> file.use();
    };
  }

  private static void contents(List<LogView.LogfileView> files, PrintWriter out) {
    TextTable table = new TextTable("FILE", "CHAIN DIGEST AT ITS END", "RECORDS");
    for (LogView.LogfileView file : files) {
      file.contents()
          .ifPresent(contents ->
              table.row(
                  file.name(),
                  contents.digest(),
                  contents.counts().stream()
                      .map(count -> count.records() + " " + count.type())
                      .collect(Collectors.joining(", "))));
    }
    out.println();
    table.print(out);
  }

  private static void summaries(List<LogView.SummaryView> summaries, PrintWriter out) {
    TextTable table = new TextTable(">SUMMARY OF", ">BASE", ">END", ">TOUCHED", "CHAIN DIGEST");
    for (LogView.SummaryView summary : summaries) {
      table.row(
          String.valueOf(summary.number()),
          String.valueOf(summary.baseLsn()),
          String.valueOf(summary.endLsn()),
          String.valueOf(summary.touchedBytes()),
          summary.digest());
    }
    out.println();
    table.print(out);
  }

  static void verification(LogView view, PrintWriter out) {
    String first = "first damage";
    for (LogView.Damage damage : view.damages()) {
      field(out, first, damage(damage));
      first = "damage";
    }
    view.remarks().forEach(remark -> field(out, "remark", remark));
    field(out, "opening", view.verdict().message());
    field(out, "log", view.sound() ? "sound" : view.damages().isEmpty() ? "refused" : "damaged");
  }

  private static String damage(LogView.Damage damage) {
    StringBuilder text = new StringBuilder();
    if (!damage.file().isEmpty()) {
      text.append(damage.file()).append(", ");
    }
    damage
        .fileOffset()
        .ifPresent(offset -> text.append("file offset ").append(offset).append(", "));
    damage.lsn().ifPresent(lsn -> text.append("LSN ").append(lsn).append(", "));
    return text.append(damage.reason()).toString();
  }

  private static void field(PrintWriter out, String name, String value) {
    out.printf(Locale.ROOT, "%-12s  %s%n", name, value);
  }
}
