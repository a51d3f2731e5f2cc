package io.tharsis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.tharsis.logfiles.contract.HostWorld;
import io.tharsis.logfiles.format.Poison;
import io.tharsis.logfiles.host.HostDisk;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The verbs of {@code tharsis log} on a real directory: sound, damaged, and in use. */
final class LogVerbsTest {

  private static final String FIRST = "log-000000001-host";
  private static final String SECOND = "log-000000002-host";

  @TempDir private Path temporary;
  private Path directory;

  /** What a verb said. */
  private record Answer(int status, String out, String err) {}

  private static Answer tharsis(Object... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        Tharsis.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int status = line.execute(Stream.of(words).map(Object::toString).toArray(String[]::new));
    line.getOut().flush();
    line.getErr().flush();
    return new Answer(status, out.toString(), err.toString());
  }

  private static String golden(String name) {
    try (var in = LogVerbsTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Two epochs, the second sealed: the first write is applied, the rest is not. */
  @BeforeEach
  void writeLog() throws IOException {
    directory = temporary.resolve("store");
    try (HostWorld world = new HostWorld(temporary, HostDisk.Options.BUFFERED)) {
      Store store = world.await(world::openStore);
      TestLog first =
          TestLog.open(
              world, TestLog.seams(world, store, 1), TestLog.config(TestLog.LIMITS, false));
      first.write(0, 4096);
      first.write(1 << 20, 512);
      first.close();
      TestLog second =
          TestLog.open(
              world, TestLog.seams(world, store, 2), TestLog.config(TestLog.LIMITS, false));
      second.write(8192, 4096);
      second.close();
    }
  }

  private String here(String text) {
    return text.replace(directory.toString(), "DIR/resource-NAME");
  }

  private void flip(String file, long offset) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(directory.resolve(file).toFile(), "rw")) {
      bytes.seek(offset);
      int old = bytes.read();
      bytes.seek(offset);
      bytes.write(old ^ 0x10);
    }
  }

  @Test
  void inspectShowsEverything() {
    Answer answer = tharsis("log", "inspect", directory);
    assertThat(answer.err()).isEmpty();
    assertThat(here(answer.out())).isEqualTo(golden("inspect.txt"));
    assertThat(answer.status()).isZero();
  }

  @Test
  void inspectSpeaksJson() throws IOException {
    Answer answer = tharsis("log", "inspect", "--json", directory);
    assertThat(here(answer.out())).isEqualTo(golden("inspect.json"));
    assertThat(objects(answer.out())).isEqualTo(1);
    assertThat(answer.status()).isZero();
  }

  @Test
  void verifyOfASoundLog() {
    Answer answer = tharsis("log", "verify", directory);
    assertThat(here(answer.out())).isEqualTo(golden("verify.txt"));
    assertThat(answer.status()).isZero();
  }

  @Test
  void dumpTellsEveryRecord() {
    Answer answer = tharsis("log", "dump", directory);
    assertThat(answer.out()).isEqualTo(golden("dump.txt"));
    assertThat(answer.status()).isZero();
  }

  @Test
  void dumpSpeaksJsonLines() throws IOException {
    Answer answer = tharsis("log", "dump", "--json", "--type", "WRITE", directory);
    assertThat(answer.out()).isEqualTo(golden("dump.json"));
    assertThat(objects(answer.out())).isEqualTo(3);
  }

  @Test
  void dumpKeepsToTheRangeAndTheTypes() {
    assertThat(tharsis("log", "dump", "--from", "4096", "--type", "WRITE", directory).out().lines())
        .hasSize(4);
    assertThat(tharsis("log", "dump", "--from", "4097", "--type", "WRITE", directory).out().lines())
        .hasSize(3);
    assertThat(tharsis("log", "dump", "--to", "0", directory).out().lines()).hasSize(1);
    Answer wrong = tharsis("log", "dump", "--type", "READ", directory);
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).startsWith("--type READ is no type of record. Try: --type WRITE,");
  }

  @Test
  void aFlippedBitInAPayloadIsNamed() throws IOException {
    flip(FIRST, 4096 + 4096 + 100);
    Answer answer = tharsis("log", "verify", directory);
    assertThat(answer.status()).isEqualTo(1);
    assertThat(here(answer.out())).isEqualTo(golden("verify-damaged.txt"));
    Answer dump = tharsis("log", "dump", directory);
    assertThat(dump.status()).isEqualTo(1);
    assertThat(dump.err()).contains("first damage");
    assertThat(tharsis("log", "verify", "--json", directory).out()).contains("\"sound\" : false");
  }

  @Test
  void aDamagedSummaryIsFound() throws IOException {
    // With a valid checksum it would be another summary: take the one of another log.
    Path other = temporary.resolve("other");
    Files.createDirectory(other);
    try (HostWorld world = new HostWorld(other, HostDisk.Options.BUFFERED)) {
      Store store = world.await(world::openStore);
      TestLog log =
          TestLog.open(
              world, TestLog.seams(world, store, 1), TestLog.config(TestLog.LIMITS, false));
      log.write(4096, 4096);
      log.close();
    }
    Files.copy(
        other.resolve("store/summaries-a"),
        directory.resolve("summaries-a"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Answer answer = tharsis("log", "verify", directory);
    assertThat(answer.out()).contains("its summary, kept when it was closed, says something else");
    assertThat(answer.status()).isEqualTo(1);
  }

  @Test
  void aTornCheckpointSlotIsARemark() throws IOException {
    // The slot in force is the one with the greater sequence: damage the other.
    String text = tharsis("log", "inspect", directory).out();
    boolean even = text.matches("(?s).*sequence \\d*[02468];.*");
    flip("checkpoint", even ? 4096 + 40 : 40);
    Answer answer = tharsis("log", "verify", directory);
    assertThat(answer.out()).contains("remark").contains("as an update that was cut short");
    assertThat(answer.status()).isZero();
    flip("checkpoint", even ? 40 : 4096 + 40);
    Answer refused = tharsis("log", "verify", directory);
    assertThat(refused.out()).contains("first damage  checkpoint, file offset 0");
    assertThat(refused.status()).isEqualTo(1);
  }

  @Test
  void whatIsNoResourceIsAUsageError() throws IOException {
    Answer missing = tharsis("log", "verify", temporary.resolve("nowhere"));
    assertThat(missing.status()).isEqualTo(2);
    assertThat(missing.err()).contains("is not a directory [no-directory]. Try: ls ");
    Files.createDirectories(temporary.resolve("data/resource-a"));
    Answer parent = tharsis("log", "verify", temporary.resolve("data"));
    assertThat(parent.status()).isEqualTo(2);
    assertThat(parent.err()).contains("[no-resource]. Try: tharsis log inspect ");
    assertThat(parent.err()).endsWith("data/resource-a" + System.lineSeparator());
  }

  @Test
  void aMarkerIsClearedByNameAndOnlyWhenTheNodeIsStopped() throws IOException {
    poison();
    Answer verify = tharsis("log", "verify", directory);
    assertThat(verify.status()).isEqualTo(1);
    assertThat(verify.out()).contains("POISONED").endsWith("log           refused\n");
    Answer wrong = tharsis("log", "clear-poison", directory, FIRST);
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("the poison marker is about " + SECOND + ", not " + FIRST);
    try (HostWorld world = new HostWorld(temporary, HostDisk.Options.BUFFERED)) {
      Store store = world.await(world::openStore);
      world.await(store::lock);
      Answer locked = tharsis("log", "clear-poison", directory, SECOND);
      assertThat(locked.status()).isEqualTo(3);
      assertThat(locked.err()).contains("[in-use]. Try: stop the node");
      world.await(store::unlock);
    }
    assertThat(tharsis("log", "verify", directory).status()).isEqualTo(1);
    Answer cleared = tharsis("log", "clear-poison", directory, SECOND);
    assertThat(cleared.out()).startsWith("cleared: writing " + SECOND + " had failed at LSN 8192");
    assertThat(cleared.status()).isZero();
    assertThat(tharsis("log", "verify", directory).status()).isZero();
    assertThat(tharsis("log", "clear-poison", directory, SECOND).err())
        .contains("there is no poison marker to clear [not-cleared]");
  }

  private void poison() throws IOException {
    String text = tharsis("log", "inspect", directory).out();
    String id = text.lines().filter(l -> l.startsWith("resource")).findFirst().orElseThrow();
    ByteBuffer block = ByteBuffer.allocate(Poison.BYTES);
    new Poison(java.util.UUID.fromString(id.substring(14)), SECOND, 8192, 1_793_491_200_000L, "EIO")
        .encode(block, 0);
    Files.write(directory.resolve("poison"), block.array());
  }

  /** The node goes on writing while the log is looked at; no look may take that for damage. */
  @Test
  void aGrowingLogIsSound() throws IOException {
    try (HostWorld world = new HostWorld(temporary, HostDisk.Options.BUFFERED)) {
      Store store = world.await(world::openStore);
      TestLog log =
          TestLog.open(
              world, TestLog.seams(world, store, 3), TestLog.config(TestLog.LIMITS, false));
      Thread looking =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 12; i++) {
                  Answer answer = tharsis("log", "verify", directory);
                  if (answer.status() != 0) {
                    failures.add(answer);
                  }
                }
              });
      long lsn = 0;
      for (int i = 0; looking.isAlive() || i < 500; i++) {
        lsn = log.write(i % 1000 * 65536L, 65536);
        if (i % 200 == 199) {
          log.checkpoint(lsn);
        }
      }
      log.close();
    }
    assertThat(failures).isEmpty();
    assertThat(tharsis("log", "verify", directory).status()).isZero();
  }

  private final List<Answer> failures = new java.util.concurrent.CopyOnWriteArrayList<>();

  @Test
  void helpTellsOfTheVerbsOfTheDaemon() {
    Answer answer = tharsis("--help");
    assertThat(answer.out()).contains("  log ").contains("  serve  ").contains("  demo   ");
    assertThat(tharsis("log").status()).isEqualTo(2);
  }

  private static int objects(String json) throws IOException {
    int depth = 0;
    int objects = 0;
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
        objects += token.isStructStart() && depth == 0 ? 1 : 0;
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      }
    }
    return objects;
  }
}
