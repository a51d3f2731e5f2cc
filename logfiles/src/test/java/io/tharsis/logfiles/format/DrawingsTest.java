package io.tharsis.logfiles.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables in {@code docs/formats/} say what the code does. */
class DrawingsTest {

  private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\| (\\d*) \\| ([^|]+) \\|.*");

  private record Row(int offset, int bytes, String field) {}

  /** The rows of the layout that follows a heading (or, without one, the document's first). */
  private static List<Row> layout(String document, String heading) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("..", "docs", "formats", document));
    int at = heading.isEmpty() ? 0 : lines.indexOf(heading);
    assertThat(at).as(heading).isNotNegative();
    List<Row> rows = new ArrayList<>();
    for (String line : lines.subList(at, lines.size())) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        int bytes = row.group(2).isEmpty() ? 0 : Integer.parseInt(row.group(2));
        rows.add(new Row(Integer.parseInt(row.group(1)), bytes, row.group(3)));
      } else if (!rows.isEmpty()) {
        break;
      }
    }
    return rows;
  }

  private static void assertWhole(List<Row> rows, int totalBytes) {
    int at = 0;
    for (Row row : rows) {
      assertThat(row.offset()).as(row.field()).isEqualTo(at);
      at += row.bytes();
    }
    assertThat(at).isEqualTo(totalBytes);
  }

  private static int at(List<Row> rows, String field) {
    return rows.stream()
        .filter(row -> row.field().equals(field))
        .findFirst()
        .orElseThrow()
        .offset();
  }

  @Test
  void record() throws IOException {
    List<Row> rows = layout("record.md", "");
    assertWhole(rows, RecordHeader.BYTES);
    assertThat(at(rows, "magic")).isEqualTo(RecordHeader.AT_MAGIC);
    assertThat(at(rows, "header checksum")).isEqualTo(RecordHeader.AT_CRC);
    assertThat(at(rows, "type")).isEqualTo(RecordHeader.AT_TYPE);
    assertThat(at(rows, "header units")).isEqualTo(RecordHeader.AT_HEADER_UNITS);
    assertThat(at(rows, "flags")).isEqualTo(RecordHeader.AT_FLAGS);
    assertThat(at(rows, "volume")).isEqualTo(RecordHeader.AT_VOLUME);
    assertThat(at(rows, "codec")).isEqualTo(RecordHeader.AT_CODEC);
    assertThat(at(rows, "reserved")).isEqualTo(RecordHeader.AT_RESERVED);
    assertThat(at(rows, "LSN")).isEqualTo(RecordHeader.AT_LSN);
    assertThat(at(rows, "device offset")).isEqualTo(RecordHeader.AT_OFFSET);
    assertThat(at(rows, "extent length")).isEqualTo(RecordHeader.AT_LENGTH);
    assertThat(at(rows, "hybrid time")).isEqualTo(RecordHeader.AT_HYBRID_TIME);
    assertThat(at(rows, "payload length")).isEqualTo(RecordHeader.AT_PAYLOAD_BYTES);
    assertThat(at(rows, "payload checksum")).isEqualTo(RecordHeader.AT_PAYLOAD_CRC);
    assertThat(at(rows, "durable distance")).isEqualTo(RecordHeader.AT_DURABLE_DISTANCE);
    assertThat(at(rows, "epoch number")).isEqualTo(RecordHeader.AT_EPOCH_NUMBER);
  }

  @Test
  void typesHaveTheirCodes() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("..", "docs", "formats", "record.md"));
    for (RecordType type : RecordType.values()) {
      assertThat(lines)
          .anyMatch(line ->
              line.startsWith("| " + type.code() + " | " + type + " |")
                  && line.endsWith(type.changesDisk() ? "| yes |" : "| no |"));
    }
    for (RecordVerdict verdict : RecordVerdict.values()) {
      assertThat(String.join("\n", lines)).contains(verdict.name());
    }
  }

  @Test
  void frame() throws IOException {
    List<Row> rows = layout("logfile.md", "## Frame");
    assertWhole(rows, Block.AT_BODY);
    assertThat(at(rows, "magic")).isEqualTo(Block.AT_MAGIC);
    assertThat(at(rows, "checksum")).isEqualTo(Block.AT_CRC);
    assertThat(at(rows, "version")).isEqualTo(Block.AT_VERSION);
    assertThat(at(rows, "oldest reader")).isEqualTo(Block.AT_OLDEST_READER);
    assertThat(at(rows, "resource")).isEqualTo(Block.AT_RESOURCE);
  }

  @Test
  void logfile() throws IOException {
    List<Row> rows = layout("logfile.md", "## Header");
    assertWhole(rows, Block.BYTES);
    assertThat(at(rows, "number")).isEqualTo(LogfileHeader.AT_NUMBER);
    assertThat(at(rows, "base LSN")).isEqualTo(LogfileHeader.AT_BASE_LSN);
    assertThat(at(rows, "size")).isEqualTo(LogfileHeader.AT_SIZE);
    assertThat(at(rows, "block size")).isEqualTo(LogfileHeader.AT_BLOCK_BYTES);
    assertThat(at(rows, "key id")).isEqualTo(LogfileHeader.AT_KEY_ID);
    assertThat(at(rows, "node")).isEqualTo(LogfileHeader.AT_NODE);
    assertThat(at(rows, "incarnation")).isEqualTo(LogfileHeader.AT_INCARNATION);
    assertThat(at(rows, "epoch")).isEqualTo(LogfileHeader.AT_EPOCH);
    assertThat(at(rows, "created")).isEqualTo(LogfileHeader.AT_CREATED);
    assertThat(at(rows, "predecessor end")).isEqualTo(LogfileHeader.AT_PREDECESSOR_END);
    assertThat(at(rows, "incompatible features")).isEqualTo(LogfileHeader.AT_INCOMPATIBLE);
    assertThat(at(rows, "compatible features")).isEqualTo(LogfileHeader.AT_COMPATIBLE);
    assertThat(at(rows, "predecessor digest")).isEqualTo(LogfileHeader.AT_PREDECESSOR_DIGEST);
    assertThat(at(rows, "node name length")).isEqualTo(LogfileHeader.AT_NODE_NAME);
    assertThat(at(rows, "extension")).isEqualTo(LogfileHeader.AT_EXTENSION);
    assertWhole(layout("logfile.md", "## Epoch"), Epoch.BYTES);
  }

  @Test
  void poison() throws IOException {
    List<Row> rows = layout("logfile.md", "## Poison marker");
    assertWhole(rows, Block.BYTES);
    assertThat(at(rows, "LSN")).isEqualTo(Poison.AT_LSN);
    assertThat(at(rows, "wall time")).isEqualTo(Poison.AT_WALL);
    assertThat(at(rows, "logfile length")).isEqualTo(Poison.AT_NAME);
    assertThat(at(rows, "reason length")).isEqualTo(Poison.AT_REASON);
  }

  @Test
  void checkpoint() throws IOException {
    List<Row> rows = layout("checkpoint.md", "");
    assertWhole(rows, Block.BYTES);
    assertThat(at(rows, "sequence")).isEqualTo(Checkpoint.AT_SEQUENCE);
    assertThat(at(rows, "checkpoint")).isEqualTo(Checkpoint.AT_CHECKPOINT);
    assertThat(at(rows, "horizon")).isEqualTo(Checkpoint.AT_HORIZON);
    assertThat(at(rows, "epoch number")).isEqualTo(Checkpoint.AT_EPOCH_NUMBER);
    assertThat(at(rows, "disk count")).isEqualTo(Checkpoint.AT_DISK_COUNT);
    assertThat(at(rows, "range count")).isEqualTo(Checkpoint.AT_RANGE_COUNT);
    assertThat(at(rows, "epoch id")).isEqualTo(Checkpoint.AT_EPOCH_ID);
    assertThat(at(rows, "disks")).isEqualTo(Checkpoint.AT_DISKS);
    assertThat(at(rows, "ranges")).isEqualTo(Checkpoint.AT_RANGES);
    assertWhole(layout("checkpoint.md", "## Disk"), Checkpoint.DISK_BYTES);
    assertWhole(layout("checkpoint.md", "## Range"), Checkpoint.RANGE_BYTES);
  }

  @Test
  void dirtyRegions() throws IOException {
    List<Row> rows = layout("dirty.md", "");
    assertWhole(rows, DirtyRegions.AT_BODY);
    assertThat(at(rows, "sequence")).isEqualTo(DirtyRegions.AT_SEQUENCE);
    assertThat(at(rows, "newest LSN")).isEqualTo(DirtyRegions.AT_STAMP_LSN);
    assertThat(at(rows, "newest epoch id")).isEqualTo(DirtyRegions.AT_STAMP_EPOCH);
    assertThat(at(rows, "body length")).isEqualTo(DirtyRegions.AT_BODY_BYTES);
    assertThat(at(rows, "volume count")).isEqualTo(DirtyRegions.AT_VOLUME_COUNT);
  }

  @Test
  void stateAndSummary() throws IOException {
    assertWhole(
        layout("state.md", "## Tag 1: a volume (needed), at most 16"), StateSnapshot.VOLUME_BYTES);
    List<Row> rows = layout("summary.md", "");
    assertWhole(rows, Summary.AT_BODY);
    assertThat(at(rows, "entry length")).isEqualTo(Summary.AT_ENTRY_BYTES);
    assertThat(at(rows, "body length")).isEqualTo(Summary.AT_BODY_BYTES);
    assertThat(at(rows, "number")).isEqualTo(Summary.AT_NUMBER);
    assertThat(at(rows, "base LSN")).isEqualTo(Summary.AT_BASE_LSN);
    assertThat(at(rows, "end LSN")).isEqualTo(Summary.AT_END_LSN);
    assertThat(at(rows, "epoch id")).isEqualTo(Summary.AT_EPOCH_ID);
    assertThat(at(rows, "digest")).isEqualTo(Summary.AT_DIGEST);
    assertThat(at(rows, "first boundary")).isEqualTo(Summary.AT_FIRST_BOUNDARY);
    assertThat(at(rows, "digest count")).isEqualTo(Summary.AT_DIGEST_COUNT);
    assertThat(at(rows, "volume count")).isEqualTo(Summary.AT_VOLUME_COUNT);
  }
}
