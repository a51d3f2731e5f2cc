package io.tharsis.replication.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables in {@code docs/formats/directory.md} say what the code does. */
class DrawingsTest {

  private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\| (\\d*) \\| ([^|]+) \\|.*");

  private record Row(int offset, int bytes, String field) {}

  private static List<String> lines() throws IOException {
    return Files.readAllLines(Path.of("..", "docs", "formats", "directory.md"));
  }

  private static List<Row> layout(String heading) throws IOException {
    List<String> lines = lines();
    int at = lines.indexOf(heading);
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
  void document() throws IOException {
    List<Row> rows = layout("## Document");
    assertWhole(rows, Document.AT_CONTINUES);
    assertThat(at(rows, "kind")).isEqualTo(Document.AT_KIND);
    assertThat(at(rows, "flags")).isEqualTo(Document.AT_FLAGS);
    assertThat(at(rows, "continued count")).isEqualTo(Document.AT_CONTINUES_COUNT);
    assertThat(at(rows, "reserved")).isEqualTo(Document.AT_RESERVED);
    assertThat(at(rows, "first")).isEqualTo(Document.AT_FIRST);
    assertThat(at(rows, "second")).isEqualTo(Document.AT_SECOND);
    assertThat(at(rows, "epoch id")).isEqualTo(Document.AT_EPOCH_ID);
    assertThat(at(rows, "epoch number")).isEqualTo(Document.AT_EPOCH_NUMBER);
    assertThat(at(rows, "content length")).isEqualTo(Document.AT_CONTENT_BYTES);
    assertThat(at(rows, "counter")).isEqualTo(Document.AT_COUNTER);
    assertThat(at(rows, "stamp")).isEqualTo(Document.AT_STAMP);
    assertThat(at(rows, "node")).isEqualTo(Document.AT_NODE);
    assertThat(at(rows, "incarnation")).isEqualTo(Document.AT_INCARNATION);
    assertThat(at(rows, "overtook")).isEqualTo(Document.AT_OVERTOOK);
  }

  @Test
  void half() throws IOException {
    List<Row> rows = layout("## File");
    assertWhole(rows, Slot.AT_DOCUMENT);
    assertThat(at(rows, "magic")).isEqualTo(Slot.AT_MAGIC);
    assertThat(at(rows, "checksum")).isEqualTo(Slot.AT_CRC);
    assertThat(at(rows, "version")).isEqualTo(Slot.AT_VERSION);
    assertThat(at(rows, "oldest reader")).isEqualTo(Slot.AT_OLDEST_READER);
    assertThat(at(rows, "sequence")).isEqualTo(Slot.AT_SEQUENCE);
    assertThat(at(rows, "document length")).isEqualTo(Slot.AT_DOCUMENT_BYTES);
    assertThat(at(rows, "reserved")).isEqualTo(Slot.AT_RESERVED);
  }

  @Test
  void entry() throws IOException {
    assertWhole(layout("## Entry of an offer"), ExchangeCodec.ENTRY_BYTES);
  }

  @Test
  void tagsAndLimits() throws IOException {
    List<String> lines = lines();
    assertThat(lines)
        .anyMatch(row(ResourceShape.TAG_MEMBER, "resource", ResourceDocument.MAX_MEMBERS));
    assertThat(lines)
        .anyMatch(row(ResourceShape.TAG_VOLUME, "resource", ResourceDocument.MAX_VOLUMES));
    assertThat(lines)
        .anyMatch(row(ResourceShape.TAG_SETTING, "resource", ResourceDocument.MAX_SETTINGS));
    assertThat(lines).anyMatch(row(NodeShape.TAG_ADDRESS, "node", NodeDocument.MAX_ADDRESSES));
    assertThat(lines).anyMatch(row(ReplicaShape.TAG_DISK, "replica", ResourceDocument.MAX_VOLUMES));
    assertThat(lines).anyMatch(row(ReplicaShape.TAG_WORD, "replica", ReplicaDocument.MAX_WORDS));
    assertThat(lines).anyMatch(row(ReplicaShape.TAG_ERROR, "replica", ReplicaDocument.MAX_ERRORS));
    String all = String.join("\n", lines);
    for (int size : Slot.SIZES) {
      assertThat(all).containsPattern("\\b" + (size >> 10) + "( KiB|, | or )");
    }
    assertThat(all)
        .contains("at most %d |".formatted(Document.MAX_CONTINUES).replace(" |", ";"))
        .contains("entries, at most " + Exchange.MAX_OFFERED)
        .contains("lines, at most " + Exchange.MAX_WANTED)
        .contains("nodes heard, at most " + Exchange.MAX_HEARD)
        .contains("or " + DirectoryLimits.DEFAULT.tombstones() + " that were made later")
        .contains(DirectoryLimits.DEFAULT.branches() + " with greater epochs");
  }

  private static java.util.function.Predicate<String> row(int tag, String kind, int most) {
    return line -> line.startsWith("| %s | %d, at most %d |".formatted(kind, tag, most));
  }

  @Test
  void kindsHaveTheirCodes() throws IOException {
    String kinds = String.join("\n", lines());
    for (Key.Kind kind : Key.Kind.values()) {
      if (kind != Key.Kind.UNKNOWN) {
        assertThat(kinds)
            .contains(kind.code() + " " + kind.name().toLowerCase(java.util.Locale.ROOT));
      }
    }
  }
}
