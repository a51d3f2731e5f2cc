package io.tharsis.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code tharsis config check}: what it says of a file, without a node. */
class ConfigCommandTest {

  @TempDir private Path data;

  /** What it said. */
  private record Answer(int status, String out, String err) {}

  private static Answer tharsis(Object... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        new CommandLine(new Main())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    String[] all = java.util.Arrays.stream(words).map(Object::toString).toArray(String[]::new);
    return new Answer(line.execute(all), out.toString(), err.toString());
  }

  @Test
  void aSoundFileIsShown() throws IOException {
    Files.writeString(data.resolve("node.toml"), "\n[node]\nname = \"alpha\"\n");
    Answer answer = tharsis("config", "check", "--data", data);
    assertThat(answer.status()).isZero();
    assertThat(answer.err()).isEmpty();
    assertThat(answer.out().lines())
        .contains(
            data.resolve("node.toml").toString(),
            "node.name            = \"alpha\"  # line 3",
            "log.space            = \"8GiB\"  # default",
            "peers.connections    = 1  # default");
  }

  @Test
  void noFileIsFine() {
    Answer answer = tharsis("config", "check", "--data", data);
    assertThat(answer.status()).isZero();
    assertThat(answer.out()).startsWith("there is no " + data.resolve("node.toml"));
  }

  @Test
  void everyProblemIsALine() throws IOException {
    Files.writeString(data.resolve("node.toml"), "node.nam = 1\nlog.space = 0\n");
    Answer answer = tharsis("config", "check", "--data", data);
    assertThat(answer.status()).isEqualTo(2);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err().lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("tharsis: " + data) && line.contains("]. Try: "));
  }

  @Test
  void whatCannotBeLookedAt() throws IOException {
    Answer missing = tharsis("config", "check", "--data", data.resolve("nowhere"));
    assertThat(missing.status()).isEqualTo(2);
    assertThat(missing.err()).contains("[no-data-directory]");
    Files.createDirectory(data.resolve("node.toml"));
    Answer directory = tharsis("config", "check", "--data", data);
    assertThat(directory.status()).isEqualTo(3);
    assertThat(directory.err()).contains("[config-unreadable]");
    assertThat(tharsis("config").status()).isEqualTo(2);
  }
}
