package io.tharsis.replication.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.log.Position;
import io.tharsis.logfiles.volume.WriteCache;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables in {@code docs/formats/wire.md} say what the code does. */
class DrawingsTest {

  private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\| (\\d+) \\| ([^|]+) \\|.*");

  private record Row(int offset, int bytes, String field) {}

  private static List<String> lines() throws IOException {
    return Files.readAllLines(Path.of("..", "docs", "formats", "wire.md"));
  }

  private static List<Row> layout(String heading) throws IOException {
    List<String> lines = lines();
    int at = lines.indexOf(heading);
    assertThat(at).as(heading).isNotNegative();
    List<Row> rows = new ArrayList<>();
    for (String line : lines.subList(at, lines.size())) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.add(
            new Row(Integer.parseInt(row.group(1)), Integer.parseInt(row.group(2)), row.group(3)));
      } else if (!rows.isEmpty()) {
        break;
      }
    }
    int end = 0;
    for (Row row : rows) {
      assertThat(row.offset()).as(row.field()).isEqualTo(end);
      end += row.bytes();
    }
    return rows;
  }

  private static int at(List<Row> rows, String field) {
    return rows.stream()
        .filter(row -> row.field().equals(field))
        .findFirst()
        .orElseThrow()
        .offset();
  }

  private static int bytes(List<Row> rows) {
    return rows.getLast().offset() + rows.getLast().bytes();
  }

  @Test
  void frame() throws IOException {
    List<Row> rows = layout("## Frame");
    assertThat(bytes(rows)).isEqualTo(Frame.HEADER_BYTES);
    assertThat(at(rows, "checksum")).isEqualTo(Frame.AT_CRC);
    assertThat(at(rows, "body length")).isEqualTo(Frame.AT_BODY_BYTES);
    assertThat(at(rows, "kind")).isEqualTo(Frame.AT_KIND);
    assertThat(at(rows, "reserved")).isEqualTo(Frame.AT_RESERVED);
  }

  @Test
  void hello() throws IOException {
    List<Row> rows = layout("## Greeting");
    assertThat(at(rows, "magic")).isEqualTo(LinkCodec.AT_MAGIC);
    assertThat(at(rows, "oldest version")).isEqualTo(LinkCodec.AT_OLDEST);
    assertThat(at(rows, "newest version")).isEqualTo(LinkCodec.AT_NEWEST);
    assertThat(at(rows, "class")).isEqualTo(LinkCodec.AT_CLASS);
    assertThat(at(rows, "codecs")).isEqualTo(LinkCodec.AT_CODECS);
    assertThat(at(rows, "lane")).isEqualTo(LinkCodec.AT_LANE);
    assertThat(at(rows, "cluster")).isEqualTo(LinkCodec.AT_CLUSTER);
    assertThat(at(rows, "node")).isEqualTo(LinkCodec.AT_NODE);
    assertThat(at(rows, "incarnation")).isEqualTo(LinkCodec.AT_INCARNATION);
    assertThat(at(rows, "resource")).isEqualTo(LinkCodec.AT_RESOURCE);
    assertThat(at(rows, "name length")).isEqualTo(LinkCodec.AT_NAME);
    // and the bytes are there
    ByteBuffer frame = Frame.encode(Samples.hello(Hello.Purpose.of(LinkClass.CONTROL)), 1);
    int body = Frame.HEADER_BYTES;
    assertThat(frame.get(body + LinkCodec.AT_MAGIC)).isEqualTo((byte) 'T');
    assertThat(frame.get(body + LinkCodec.AT_NEWEST)).isEqualTo((byte) 3);
    assertThat(frame.get(body + LinkCodec.AT_CLASS)).isEqualTo((byte) 1);
    assertThat(frame.get(body + LinkCodec.AT_CODECS)).isEqualTo((byte) 0b111);
    assertThat(frame.get(body + LinkCodec.AT_CLUSTER + 1)).isEqualTo((byte) 0x11);
    assertThat(frame.get(body + LinkCodec.AT_NODE)).isEqualTo((byte) 0xa0);
    assertThat(frame.get(body + LinkCodec.AT_INCARNATION)).isEqualTo((byte) 0xb0);
    assertThat(frame.get(body + LinkCodec.AT_NAME)).isEqualTo((byte) 7);
  }

  @Test
  void parts() throws IOException {
    ByteBuffer empty =
        Frame.encode(
            new LogMessage.LogRun(
                new Position(1, 0, Samples.EPOCH),
                true,
                Optional.empty(),
                Payload.plain(ByteBuffer.allocate(0))),
            1);
    int position = bytes(layout("## Position"));
    int payload = bytes(layout("## Payload"));
    assertThat(empty.limit()).isEqualTo(Frame.HEADER_BYTES + position + 4 + payload);
    ByteBuffer zero =
        Frame.encode(new SyncMessage.ChunkZero(1, new SyncMessage.ChunkStamp(0, Samples.EPOCH)), 1);
    assertThat(zero.limit()).isEqualTo(Frame.HEADER_BYTES + 8 + bytes(layout("## Stamp")));
  }

  @Test
  void forwardedCommands() throws IOException {
    int sign = bytes(layout("Sign, in what a front sends:"));
    int shape = bytes(layout("Shape of a volume:"));
    Message pulse = new VolumeMessage.Pulse(new VolumeMessage.Sign(1, 2));
    assertThat(Frame.encode(pulse, 1).limit()).isEqualTo(Frame.HEADER_BYTES + sign);
    Message resized =
        new VolumeMessage.Resized(1, new VolumeMessage.VolumeShape(512, WriteCache.FLUSH));
    assertThat(Frame.encode(resized, 1).limit()).isEqualTo(Frame.HEADER_BYTES + 2 + shape);
  }

  @Test
  void kindsAndRefusalsHaveTheirCodes() throws IOException {
    List<String> lines = lines();
    for (MessageKind kind : MessageKind.values()) {
      String begin = String.format("| 0x%02x | %s |", kind.code(), kind);
      assertThat(lines).as(begin).anyMatch(line -> line.startsWith(begin));
    }
    assertThat(lines.stream().filter(line -> line.startsWith("| 0x")))
        .hasSize(MessageKind.values().length);
    for (RefusalCode code : RefusalCode.values()) {
      assertThat(lines).anyMatch(line -> line.startsWith("| " + code.code() + " | " + code + " |"));
    }
  }
}
