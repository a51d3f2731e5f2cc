package io.tharsis.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.Refusal;
import io.tharsis.server.config.NodeFile.Reading;
import io.tharsis.server.config.NodeSettings.Compression;
import io.tharsis.server.config.NodeSettings.Window;
import io.tharsis.server.node.Transport;
import io.tharsis.server.ring.AppendMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * What {@code node.toml} means, everything that can be wrong with it, and what its document says.
 */
class NodeFileTest {

  /** Every key, with a value that is not its default. */
  private static final String ALL =
      """
      [node]
      name = "alpha"

      [listen]
      iscsi = "[::]:3261"
      peers = "192.0.2.7:7778"
      admin = "localhost:9261"
      metrics = "127.0.0.1:9260"

      [iscsi]
      explicit-alua = true

      [peers]
      addresses = ["192.0.2.7:7778", "[2001:db8::7]:7778"]
      compression = "zstd"
      connections = 4
      bandwidth = ["08:00 10MiB", "18:30 unlimited"]
      dscp-control = 48
      dscp-log = 10
      dscp-sync = 8
      silence = "2m"

      [log]
      space = "16GiB"
      node-space = "64GiB"
      file-size = 16777216
      backlog = "1GiB"
      overlay-memory = "128MiB"

      [io]
      transport = "nio"
      append = "thread"
      """;

  /** For each key a value that makes no sense; a test sees to it that none is missing. */
  private static final List<String> WRONG =
      List.of(
          "node.name = \"a b\"",
          "listen.iscsi = 3260",
          "listen.peers = \"7777\"",
          "listen.admin = \"192.0.2.1:80\"",
          "listen.metrics = \"\"",
          "iscsi.explicit-alua = \"true\"",
          "peers.addresses = [\"h:0\"]",
          "peers.compression = \"gzip\"",
          "peers.connections = 17",
          "peers.bandwidth = [\"18:00 1MiB\", \"08:00 2MiB\"]",
          "peers.dscp-control = 64",
          "peers.dscp-log = -1",
          "peers.dscp-sync = \"0\"",
          "peers.silence = \"1s\"",
          "log.space = \"1MiB\"",
          "log.node-space = true",
          "log.file-size = \"8388609\"",
          "log.backlog = 1.5",
          "log.overlay-memory = \"lots\"",
          "io.transport = \"kqueue\"",
          "io.append = [\"ring\"]");

  @TempDir private Path data;

  private Reading read(String text) throws IOException {
    Files.writeString(data.resolve("node.toml"), text);
    return NodeFile.read(data);
  }

  private NodeSettings settings(String text) throws IOException {
    Reading reading = read(text);
    assertThat(reading).isInstanceOf(Reading.Understood.class);
    return ((Reading.Understood) reading).settings();
  }

  private List<Refusal> problems(String text) throws IOException {
    Reading reading = read(text);
    assertThat(reading).isInstanceOf(Reading.Refused.class);
    return ((Reading.Refused) reading).problems();
  }

  @Test
  void everythingSaid() throws IOException {
    assertThat(settings(ALL))
        .isEqualTo(
            new NodeSettings(
                Optional.of("alpha"),
                new NodeSettings.Listen(
                    new HostPort("::", 3261),
                    new HostPort("192.0.2.7", 7778),
                    new HostPort("localhost", 9261),
                    Optional.of(new HostPort("127.0.0.1", 9260))),
                new NodeSettings.Iscsi(true),
                new NodeSettings.Peers(
                    List.of(new HostPort("192.0.2.7", 7778), new HostPort("2001:db8::7", 7778)),
                    Compression.ZSTD,
                    4,
                    List.of(
                        new Window(LocalTime.of(8, 0), 10 << 20),
                        new Window(LocalTime.of(18, 30), Long.MAX_VALUE)),
                    new NodeSettings.Dscp(48, 10, 8),
                    Duration.ofMinutes(2)),
                new NodeSettings.Log(16L << 30, 64L << 30, 16 << 20, 1 << 30, 128 << 20),
                new NodeSettings.InputOutput(
                    Optional.of(Transport.NIO), Optional.of(AppendMethod.THREAD))));
  }

  @Test
  void nothingSaid() throws IOException {
    NodeSettings settings = settings("");
    assertThat(settings.log().limits()).isEqualTo(LogLimits.defaults());
    assertThat(settings.name()).isEmpty();
    assertThat(settings.listen().metrics()).isEmpty();
    assertThat(settings.iscsi().explicitAlua()).isFalse();
    assertThat(settings.listen().admin()).isEqualTo(new HostPort("127.0.0.1", 0));
    assertThat(settings.peers().bandwidth()).isEmpty();
    assertThat(settings.log().nodeSpaceBytes()).isEqualTo(Long.MAX_VALUE);
    Files.delete(data.resolve("node.toml"));
    assertThat(((Reading.Understood) NodeFile.read(data)).settings()).isEqualTo(settings);
  }

  /** What is shown as a default can be written into the file and changes nothing. */
  @Test
  void defaultsCanBeSaid() throws IOException {
    NodeSettings settings = settings("");
    StringBuilder text = new StringBuilder();
    Keys.ALL.forEach(
        key -> text.append(key.name()).append(" = ").append(key.shownDefault()).append('\n'));
    assertThat(settings(text.toString())).isEqualTo(settings);
  }

  @ParameterizedTest
  @FieldSource("WRONG")
  void everyKeyIsChecked(String line) throws IOException {
    assertThat(problems("# a comment\n" + line + "\n"))
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.code()).isEqualTo("config-value");
          assertThat(problem.fact()).contains("node.toml line 2 has ").endsWith(line);
          assertThat(problem.advice()).contains("if it is not said").contains("node-toml.md");
        });
  }

  @Test
  void theChecksLeaveNoKeyOut() {
    assertThat(WRONG.stream().map(line -> line.substring(0, line.indexOf(' '))))
        .containsExactlyElementsOf(Keys.ALL.stream().map(Key::name).toList());
  }

  @Test
  void everythingIsSaidAtOnceInTheOrderOfTheLines() throws IOException {
    List<Refusal> problems =
        problems(
            """
            [listen]
            iscsy = "x"
            admin = "0.0.0.0:1"
            [nodes]
            name = "a"
            kind = 3
            [log]
            space = "tiny"
            """);
    assertThat(problems)
        .extracting(Refusal::code)
        .containsExactly(
            "config-unknown-key", "config-value", "config-unknown-key", "config-value");
    assertThat(problems.get(0).fact()).endsWith("line 2 has the unknown key listen.iscsy");
    assertThat(problems.get(0).advice()).startsWith("one of listen.iscsi, listen.peers");
    assertThat(problems.get(2).fact()).endsWith("line 4 has the unknown key nodes");
    assertThat(problems.get(2).advice()).startsWith("the tables [node], [listen]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "listen = 3 | listen",
        "log.space.more = 1 | log.space.more",
        "space = 1 | space",
        "[[peers]] | peers",
      })
  void whatIsNoTableOrKey(String text, String key) throws IOException {
    assertThat(problems(text + "\n"))
        .singleElement()
        .satisfies(problem -> assertThat(problem.fact()).endsWith("the unknown key " + key));
  }

  @Test
  void whatIsNoToml() throws IOException {
    assertThat(problems("[node]\nname = alpha\n[listen\n"))
        .isNotEmpty()
        .allSatisfy(problem -> assertThat(problem.code()).isEqualTo("config-syntax"))
        .first()
        .satisfies(problem -> assertThat(problem.fact()).contains("line 2 is no TOML"));
    assertThat(problems("a = 1\na = 2\n").getFirst().code()).isEqualTo("config-syntax");
    Files.write(data.resolve("node.toml"), new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThat(((Reading.Refused) NodeFile.read(data)).problems().getFirst().code())
        .isEqualTo("config-unreadable");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "log.space = \"100MiB\"; log.backlog = \"64MiB\" | log.space has no room | 256MiB",
        "log.backlog = \"9GiB\" | log.backlog is larger | 4GiB",
        "log.node-space = \"1GiB\" | log.node-space is smaller | 8GiB",
        "listen.admin = \"127.0.0.1:3260\" | listen.admin has the port | 127.0.0.1:0",
        "listen.peers = \"0.0.0.0:3260\" | are the same address | 0.0.0.0:7777",
        "io.append = \"ring\"; io.transport = \"nio\" | which io.transport does not have | auto",
      })
  void whatMakesNoSenseTogether(String lines, String fact, String advice) throws IOException {
    assertThat(problems(lines.replace("; ", "\n")))
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.code()).isEqualTo("config-together");
          assertThat(problem.fact()).contains(fact);
          assertThat(problem.advice()).contains(advice);
        });
  }

  @ParameterizedTest
  @CsvSource({
    "100MiB, 00:00, 104857600",
    "08:00 1MiB, 08:00, 1048576",
    "00:00 unlimited, 00:00, 9223372036854775807"
  })
  void bandwidthNeedsNoBrackets(String word, LocalTime from, long rate) throws IOException {
    assertThat(settings("peers.bandwidth = \"" + word + "\"").peers().bandwidth())
        .containsExactly(new Window(from, rate));
  }

  @ParameterizedTest
  @CsvSource({"0", "25:00 1MiB", "8:00 1MiB", "1MiB 08:00", "''"})
  void whatIsNoBandwidth(String word) throws IOException {
    assertThat(problems("peers.bandwidth = \"" + word + "\"")).hasSize(1);
    assertThat(problems("peers.bandwidth = []")).hasSize(1);
    assertThat(problems("peers.bandwidth = [\"" + word + "\"]")).hasSize(1);
  }

  @Test
  void theDocumentSaysTheSame() throws IOException {
    List<String> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("..", "docs", "reference", "node-toml.md"))) {
      if (line.startsWith("| `")) {
        rows.add(line);
      }
    }
    assertThat(rows)
        .containsExactlyElementsOf(
            Keys.ALL.stream()
                .map(key ->
                    "| `%s` | %s | `%s` | %s |"
                        .formatted(
                            key.name(), key.form().words(), key.shownDefault(), key.meaning()))
                .toList());
  }

  /** The example of the document is a file that works. */
  @Test
  void theExampleWorks() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "reference", "node-toml.md"));
    int from = document.indexOf("```toml\n") + "```toml\n".length();
    assertThat(settings(document.substring(from, document.indexOf("```", from))).name())
        .contains("alpha");
  }
}
