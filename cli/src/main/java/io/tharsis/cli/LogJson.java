package io.tharsis.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.tharsis.replication.control.LogView;
import io.tharsis.replication.control.RecordLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Renders what is known about a log as {@code docs/reference/cli-log-json.md} says. */
final class LogJson {

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(com.fasterxml.jackson.core.StreamWriteFeature.AUTO_CLOSE_TARGET)
          .build();

  /** Writes one value. */
  @FunctionalInterface
  private interface Writing<T> {
    void write(T value, JsonGenerator json) throws IOException;
  }

  private LogJson() {}

  static void inspection(LogView view, PrintWriter out) {
    document(view, out, LogJson::writeInspection);
  }

  static void verification(LogView view, PrintWriter out) {
    document(
        view,
        out,
        (log, json) -> {
          json.writeStringField("directory", log.directory());
          writeVerdict(log, json);
        });
  }

  private static void document(LogView view, PrintWriter out, Writing<LogView> writing) {
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      DefaultPrettyPrinter printer =
          new DefaultPrettyPrinter().withArrayIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
      json.setPrettyPrinter(printer);
      json.writeStartObject();
      writing.write(view, json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.println();
    out.flush();
  }

  /** Records as JSON, one object on each line. */
  static final class Lines implements Consumer<RecordLine>, AutoCloseable {
    private final JsonGenerator json;
    private final PrintWriter out;

    Lines(PrintWriter out) {
      this.out = out;
      try {
        json = FACTORY.createGenerator(out);
        json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void accept(RecordLine line) {
      try {
        writeRecord(line, json);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        json.close();
        out.println();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void writeRecord(RecordLine line, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("logfile", line.logfile());
    json.writeNumberField("lsn", line.lsn());
    json.writeStringField("type", line.type());
    json.writeArrayFieldStart("flags");
    for (String flag :
        line.flags().isEmpty() ? List.<String>of() : List.of(line.flags().split("\\+", -1))) {
      json.writeString(flag);
    }
    json.writeEndArray();
    json.writeNumberField("volume", line.volume());
    json.writeNumberField("offset", line.offset());
    json.writeNumberField("lengthBytes", line.lengthBytes());
    json.writeNumberField("payloadBytes", line.payloadBytes());
    json.writeStringField("time", Instant.ofEpochMilli(line.millis()).toString());
    json.writeNumberField("timeCounter", line.counter());
    json.writeNumberField("durableLsn", line.durableLsn());
    json.writeNumberField("epoch", line.epoch());
    json.writeEndObject();
  }

  private static void writeInspection(LogView view, JsonGenerator json) throws IOException {
    json.writeStringField("directory", view.directory());
    if (view.resourceId().isPresent()) {
      json.writeStringField("resourceId", view.resourceId().get());
    }
    if (view.checkpoint().isPresent()) {
      writeCheckpoint(view.checkpoint().get(), json);
    }
    if (view.poison().isPresent()) {
      writePoison(view.poison().get(), json);
    }
    array("lineage", view.lineage(), json, LogJson::writeEpoch);
    array("files", view.files(), json, LogJson::writeFile);
    array("summaries", view.summaries(), json, LogJson::writeSummary);
    writeVerdict(view, json);
  }

  private static void writeCheckpoint(LogView.CheckpointView checkpoint, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart("checkpoint");
    json.writeNumberField("sequence", checkpoint.sequence());
    json.writeNumberField("checkpointLsn", checkpoint.checkpointLsn());
    json.writeNumberField("horizonLsn", checkpoint.horizonLsn());
    json.writeNumberField("epoch", checkpoint.epoch());
    json.writeStringField("otherSlot", checkpoint.otherSlot());
    array(
        "disks",
        checkpoint.disks(),
        json,
        (disk, to) -> {
          to.writeNumberField("volume", disk.volume());
          to.writeNumberField("sizeBytes", disk.sizeBytes());
          to.writeStringField("fingerprint", disk.fingerprint());
          to.writeStringField("identity", disk.identity());
        });
    array(
        "applied",
        checkpoint.applied(),
        json,
        (range, to) -> {
          to.writeNumberField("volume", range.volume());
          to.writeNumberField("offset", range.offset());
          to.writeNumberField("lengthBytes", range.lengthBytes());
          to.writeStringField("crc32c", "%08x".formatted(range.crc()));
        });
    json.writeEndObject();
  }

  private static void writePoison(LogView.PoisonView poison, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart("poison");
    json.writeStringField("logfile", poison.logfile());
    json.writeNumberField("lsn", poison.lsn());
    json.writeStringField("time", Instant.ofEpochMilli(poison.millis()).toString());
    json.writeStringField("reason", poison.reason());
    json.writeEndObject();
  }

  private static void writeEpoch(LogView.EpochView epoch, JsonGenerator json) throws IOException {
    json.writeNumberField("number", epoch.number());
    json.writeStringField("id", epoch.id());
    json.writeStringField("kind", epoch.kind());
    json.writeNumberField("startLsn", epoch.startLsn());
    if (epoch.parentId().isPresent()) {
      json.writeStringField("parentId", epoch.parentId().get());
    }
  }

  private static void writeFile(LogView.LogfileView file, JsonGenerator json) throws IOException {
    json.writeStringField("name", file.name());
    json.writeNumberField("sizeBytes", file.sizeBytes());
    json.writeStringField("use", file.use());
    json.writeStringField("headerState", file.headerState());
    if (file.header().isPresent()) {
      writeHeader(file.header().get(), json);
    }
    if (file.contents().isPresent()) {
      writeContents(file.contents().get(), json);
    }
  }

  private static void writeHeader(LogView.HeaderView header, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart("header");
    json.writeNumberField("number", header.number());
    json.writeNumberField("baseLsn", header.baseLsn());
    json.writeStringField("writer", header.writer());
    json.writeStringField("writerId", header.writerId());
    json.writeStringField("incarnation", header.incarnation());
    json.writeStringField("created", Instant.ofEpochMilli(header.createdMillis()).toString());
    json.writeObjectFieldStart("epoch");
    writeEpoch(header.epoch(), json);
    json.writeEndObject();
    json.writeNumberField("predecessorEndLsn", header.predecessorEndLsn());
    json.writeStringField("predecessorDigest", header.predecessorDigest());
    json.writeEndObject();
  }

  private static void writeContents(LogView.ContentsView contents, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart("contents");
    json.writeNumberField("endLsn", contents.endLsn());
    json.writeBooleanField("sealed", contents.sealed());
    json.writeStringField("digest", contents.digest());
    array(
        "records",
        contents.counts(),
        json,
        (count, to) -> {
          to.writeStringField("type", count.type());
          to.writeNumberField("records", count.records());
          to.writeNumberField("payloadBytes", count.payloadBytes());
        });
    json.writeEndObject();
  }

  private static void writeSummary(LogView.SummaryView summary, JsonGenerator json)
      throws IOException {
    json.writeNumberField("number", summary.number());
    json.writeStringField("epochId", summary.epochId());
    json.writeNumberField("baseLsn", summary.baseLsn());
    json.writeNumberField("endLsn", summary.endLsn());
    json.writeStringField("digest", summary.digest());
    json.writeNumberField("touchedBytes", summary.touchedBytes());
  }

  private static void writeVerdict(LogView view, JsonGenerator json) throws IOException {
    array("damages", view.damages(), json, LogJson::writeDamage);
    json.writeArrayFieldStart("remarks");
    for (String remark : view.remarks()) {
      json.writeString(remark);
    }
    json.writeEndArray();
    json.writeObjectFieldStart("opening");
    json.writeBooleanField("opens", view.verdict().opens());
    json.writeStringField("code", view.verdict().code());
    optional("endLsn", view.verdict().endLsn(), json);
    json.writeBooleanField("sealed", view.verdict().sealed());
    json.writeStringField("message", view.verdict().message());
    json.writeEndObject();
    json.writeBooleanField("sound", view.sound());
  }

  private static void writeDamage(LogView.Damage damage, JsonGenerator json) throws IOException {
    if (!damage.file().isEmpty()) {
      json.writeStringField("file", damage.file());
    }
    optional("fileOffset", damage.fileOffset(), json);
    optional("lsn", damage.lsn(), json);
    json.writeStringField("reason", damage.reason());
  }

  private static void optional(String name, OptionalLong value, JsonGenerator json)
      throws IOException {
    if (value.isPresent()) {
      json.writeNumberField(name, value.getAsLong());
    }
  }

  private static <T> void array(String name, List<T> values, JsonGenerator json, Writing<T> writing)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (T value : values) {
      json.writeStartObject();
      writing.write(value, json);
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
