package io.tharsis.replication.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The bytes of version 1. They never change; another version gets a file of its own. */
class GoldenBytesTest {

  private static Map<String, String> golden() throws IOException {
    Map<String, String> golden = new LinkedHashMap<>();
    try (InputStream in = GoldenBytesTest.class.getResourceAsStream("messages-1.hex")) {
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      text.lines()
          .map(line -> line.split(" ", 2))
          .forEach(parts -> golden.put(parts[0], parts[1].replace(" ", "")));
    }
    return golden;
  }

  private static String hex(ByteBuffer frame) {
    byte[] bytes = new byte[frame.remaining()];
    frame.duplicate().get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void everyMessageIsWrittenAsEver() throws IOException {
    Map<String, String> written = new LinkedHashMap<>();
    Samples.all().forEach((name, message) -> written.put(name, hex(Frame.encode(message, 1))));
    assertThat(written).isEqualTo(golden());
  }

  @Test
  void everyMessageIsReadAsEver() throws IOException {
    Map<String, Message> read = new LinkedHashMap<>();
    for (Map.Entry<String, String> line : golden().entrySet()) {
      ByteBuffer frame = ByteBuffer.wrap(HexFormat.of().parseHex(line.getValue()));
      read.put(line.getKey(), Frame.decode(frame, 1));
    }
    assertThat(read).isEqualTo(Samples.all());
  }

  @Test
  void everyKindHasASample() {
    Set<MessageKind> kinds = EnumSet.noneOf(MessageKind.class);
    Samples.all().values().forEach(message -> kinds.add(MessageKind.of(message)));
    assertThat(kinds).containsExactly(MessageKind.values());
  }
}
