package io.tharsis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.replication.control.AdminEndpoint;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.FakeNode;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.OnSplit;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.Samples;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.control.WriteCacheMode;
import io.tharsis.replication.control.json.OutcomeJson;
import io.tharsis.replication.control.json.ViewJson;
import io.tharsis.server.admin.AdminServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The verbs of a running node: real command line, real admin API, a fake node behind it. */
class NodeVerbsTest {

  private static final long GIB = 1L << 30;

  @TempDir private Path data;

  private final FakeNode node = new FakeNode();
  private Optional<AdminServer> server = Optional.empty();

  /** What a verb said. */
  private record Answer(int status, String out, String err) {}

  @BeforeEach
  void start() throws IOException {
    server =
        Optional.of(
            AdminServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), data, node));
  }

  @AfterEach
  void stop() throws IOException {
    if (server.isPresent()) {
      server.get().close();
      server = Optional.empty();
    }
  }

  private Answer tharsis(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("--data");
    all.add(data.toString());
    return run(all.toArray(String[]::new));
  }

  private static Answer run(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        Tharsis.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int status = line.execute(words);
    line.getOut().flush();
    line.getErr().flush();
    return new Answer(status, out.toString(), err.toString());
  }

  private static String golden(String name) {
    try (var in = NodeVerbsTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How each command of the samples is said. */
  private List<String> words(Command command) {
    List<String> words = new ArrayList<>(List.of(command.verb()));
    if (command instanceof Command.OnResource about) {
      words.add(about.resource());
    }
    switch (command) {
      case Command.CreateCluster all -> {}
      case Command.CreateToken(Duration valid) ->
          words.addAll(List.of("--valid", valid.toMinutes() + "m"));
      case Command.JoinCluster(String peer, String token) ->
          words.addAll(List.of(peer, "--token", token));
      case Command.LeaveCluster(Optional<String> host, boolean local, boolean accept) -> {
        host(words, host);
        flag(words, local, "--local");
        flag(words, accept, "--accept-loss");
      }
      case Command.CaExport(String passPhrase) ->
          words.addAll(
              List.of(data.resolve("new").toString(), "--pass-phrase-file", file(passPhrase)));
      case Command.CaImport(String export, String passPhrase) ->
          words.addAll(List.of(file(export), "--pass-phrase-file", file(passPhrase)));
      case Command.CreateResource(
              String name,
              String disk,
              OptionalLong size,
              WriteCacheMode cache) -> {
        words.add(disk);
        size.ifPresent(bytes -> words.addAll(List.of("--size", bytes / GIB + "GiB")));
        words.addAll(List.of("--cache", cache.word()));
      }
      case Command.JoinResource(String name, String disk) -> words.add(disk);
      case Command.LeaveResource(String name, Optional<String> host, boolean accept) -> {
        host(words, host);
        flag(words, accept, "--accept-loss");
      }
      case Command.DeleteResource(String name, boolean local, boolean accept) -> {
        flag(words, local, "--local");
        flag(words, accept, "--accept-loss");
      }
      case Command.Invalidate(String name, boolean accept) -> flag(words, accept, "--accept-loss");
      case Command.Resize(String name, long size) -> words.add(size / GIB + "GiB");
      case Command.Primary(
              String name,
              boolean force,
              boolean accept,
              Optional<Duration> budget) -> {
        flag(words, force, "--force");
        flag(words, accept, "--accept-loss");
        budget.ifPresent(span -> words.addAll(List.of("--pause", millis(span))));
      }
      case Command.Secondary all -> {}
      case Command.AttachClient all -> {}
      case Command.DetachClient all -> {}
      case Command.SetMode(String name, ReplicationMode mode) -> mode(words, mode);
      case Command.SetPolicy(String name, Optional<OnSplit> onSplit, OptionalInt days) -> {
        onSplit.ifPresent(word -> words.addAll(List.of("--on-split", word.word())));
        days.ifPresent(most -> words.addAll(List.of("--keep-branches", Integer.toString(most))));
      }
      case Command.DeleteBranch(String name, String branch) -> words.add(branch);
      case Command.Turn all -> {}
      case Command.LogRotate all -> {}
      case Command.LogDelete all -> {}
      case Command.WaitResource(String name, WaitState state, Optional<String> host) -> {
        words.add(state.word());
        host(words, host);
      }
      case Command.Verify(String name, boolean repair) -> flag(words, repair, "--repair");
    }
    return words;
  }

  private static void mode(List<String> words, ReplicationMode mode) {
    words.add(mode.word());
    switch (mode) {
      case ReplicationMode.Async all -> {}
      case ReplicationMode.NearSync(
              OptionalLong bytes,
              Optional<Duration> time,
              ReplicationMode.LinkLoss loss) -> {
        bytes.ifPresent(most -> words.addAll(List.of("--lag-bytes", most / GIB + "GiB")));
        time.ifPresent(most -> words.addAll(List.of("--lag-time", millis(most))));
        linkLoss(words, loss);
      }
      case ReplicationMode.Sync(int copies, ReplicationMode.LinkLoss loss) -> {
        words.addAll(List.of("--copies", Integer.toString(copies)));
        linkLoss(words, loss);
      }
    }
  }

  private static void linkLoss(List<String> words, ReplicationMode.LinkLoss loss) {
    words.addAll(
        List.of("--link-timeout", millis(loss.after()), "--on-link-loss", loss.reaction().word()));
  }

  private static String millis(Duration span) {
    return span.toMillis() + "ms";
  }

  private String file(String content) {
    try {
      return Files.writeString(Files.createTempFile(data, "words", ""), content).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void host(List<String> words, Optional<String> host) {
    host.ifPresent(name -> words.addAll(List.of("--host", name)));
  }

  private static void flag(List<String> words, boolean set, String option) {
    if (set) {
      words.add(option);
    }
  }

  static List<Command> commands() {
    return Samples.commands();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyVerbIsSaidAndReachesTheNode(Command command) {
    Answer answer = tharsis(words(command).toArray(String[]::new));
    assertThat(answer.err()).isEmpty();
    assertThat(answer.out()).isEqualTo("it was done" + System.lineSeparator());
    assertThat(answer.status()).isZero();
    assertThat(node.requests())
        .containsExactly(new Request(command, Duration.ofSeconds(60), false));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void whatChangesCanBeTriedDry(Command command) {
    List<String> words = words(command);
    words.addAll(List.of("--dry-run", "--timeout", "5m"));
    Answer answer = tharsis(words.toArray(String[]::new));
    if (command.changes()) {
      assertThat(answer.out()).isEqualTo("would: it was done" + System.lineSeparator());
      assertThat(node.requests())
          .containsExactly(new Request(command, Duration.ofMinutes(5), true));
    } else {
      assertThat(answer.status()).isEqualTo(2);
      assertThat(answer.err()).contains("--dry-run");
    }
  }

  @Test
  void everyVerbHasASample() {
    List<String> verbs =
        Stream.concat(Stream.of("view"), commands().stream().map(Command::verb))
            .distinct()
            .toList();
    assertThat(NodeVerbs.names()).containsExactlyInAnyOrderElementsOf(verbs);
  }

  @ParameterizedTest
  @MethodSource("names")
  void helpIsWhole(String verb) {
    Answer answer = run(verb, "--help");
    assertThat(answer.status()).isZero();
    assertThat(answer.out())
        .startsWith("Usage: tharsis " + verb)
        .contains("--data=DIR", "--json", "THARSIS_DATA", "Exit status:")
        .doesNotContain("null");
    assertThat(answer.out().lines().filter(line -> line.contains("Exit status"))).hasSize(1);
    assertThat(answer.out().lines()).allMatch(line -> line.length() <= 80);
  }

  static List<String> names() {
    return NodeVerbs.names();
  }

  @Test
  void helpOfOneIsPinned() {
    assertThat(run("create-resource", "--help").out())
        .isEqualTo(golden("help-create-resource.txt"));
    assertThat(run("--help").out()).isEqualTo(golden("help-all.txt"));
  }

  @Test
  void viewForPeople() {
    Answer answer = tharsis("view");
    assertThat(answer.out()).isEqualTo(golden("view.txt"));
    assertThat(answer.status()).isZero();
    assertThat(tharsis("view", "vm").out()).isEqualTo(golden("view-vm.txt"));
    node.shows(Samples::lonely);
    assertThat(tharsis("view").out()).contains("is in no cluster. Try: tharsis create-cluster");
  }

  @Test
  void viewForPrograms() {
    assertThat(tharsis("view", "--json").out()).isEqualTo(ViewJson.write(Samples.view()));
    Answer unknown = tharsis("view", "nix und mehr?");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err())
        .startsWith("tharsis: node a knows no resource 'nix und mehr?' [no-such-resource]. Try: ");
  }

  @Test
  void outcomesForPeopleAndPrograms() {
    StringBuilder text = new StringBuilder();
    for (Outcome outcome : Samples.outcomes()) {
      node.answers(() -> outcome);
      Answer answer = tharsis("verify", "vm");
      text.append(answer.out()).append("status ").append(answer.status()).append("\n\n");
      assertThat(tharsis("verify", "vm", "--json").out()).isEqualTo(OutcomeJson.write(outcome));
    }
    assertThat(text.toString()).isEqualTo(golden("outcomes.txt"));
  }

  @ParameterizedTest
  @EnumSource
  void refusalsAreToldWithAdvice(Refusal.Kind kind) {
    node.answers(() -> {
      throw new Refusal(kind, "is-so", "it is so", "something else").thrown();
    });
    Answer answer = tharsis("attach", "vm");
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err())
        .isEqualTo("tharsis: it is so [is-so]. Try: something else" + System.lineSeparator());
    assertThat(answer.status())
        .isEqualTo(
            switch (kind) {
              case FORBIDDEN -> 1;
              case USAGE -> 2;
              case HOST -> 3;
              case LATE -> 4;
            });
  }

  /** All of what is wrong is said at once, without asking the node. */
  @Test
  void theFormIsCheckedHere() {
    Answer answer = tharsis("create-resource", "../x", "/d", "--size", "511", "--timeout", "8d");
    assertThat(answer.status()).isEqualTo(2);
    assertThat(answer.err().lines())
        .hasSize(3)
        .anyMatch(line -> line.contains("[resource-name]"))
        .anyMatch(line -> line.contains("[size]"))
        .anyMatch(line -> line.contains("[deadline]"));
    assertThat(node.requests()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "resize vm 10GB, is no size. Try: 512MiB",
    "attach vm --timeout soon, is no time. Try: 500ms",
    "wait-resource vm gone, is no choice. Try: attached",
    "create-resource vm /d --cache none, 'is no choice. Try: durable, flush'",
    "set-mode vm best, 'is no choice. Try: async, near-sync, sync'",
    "set-mode vm sync --on-link-loss pray, 'is no choice. Try: degrade, stall'",
    "set-mode vm async --copies 2, --copies means nothing with async [mode-option]",
    "set-mode vm async --link-timeout 3s, --link-timeout means nothing with async [mode-option]",
    "set-mode vm async --on-link-loss stall, --on-link-loss means nothing with async [mode-option]",
    "set-mode vm near-sync --lag-time 2s --copies 3, --copies means nothing with near-sync",
    "set-mode vm sync --lag-bytes 1MiB, --lag-bytes means nothing with sync [mode-option]",
    "set-mode vm sync --lag-time 1s, --lag-time means nothing with sync [mode-option]",
    "set-mode vm near-sync, [lag-bound]",
    "set-policy vm, --on-split, or --keep-branches, or both",
    "set-policy vm --on-split pray, 'is no choice. Try: stop-serving, keep-serving'",
    "primary vm --accept-loss, [accept-loss]",
    "primary vm --force --pause 1s, [pause-force]",
    "attach, Missing required parameter: 'R'",
    "join-cluster h:1, Missing required argument",
    "view --explode, Unknown option",
  })
  void usage(String words, String says) {
    Answer answer = tharsis(words.split(" ", -1));
    assertThat(answer.status()).isEqualTo(2);
    assertThat(answer.err()).contains(says).doesNotContain("Exception");
    assertThat(node.requests()).isEmpty();
  }

  @Test
  void disksAreToldWithTheirWholePath() {
    tharsis("join-resource", "vm", "disk.img");
    assertThat(node.asked())
        .isEqualTo(new Command.JoinResource("vm", Path.of("disk.img").toAbsolutePath().toString()));
  }

  @Test
  void whatIsNotSaidOfAModeHasItsDefault() {
    tharsis("set-mode", "vm", "sync");
    assertThat(node.asked())
        .isEqualTo(
            new Command.SetMode(
                "vm", new ReplicationMode.Sync(2, ReplicationMode.LinkLoss.DEFAULT)));
  }

  @Test
  void tokensCanComeFromAFile() throws IOException {
    Path file = data.resolve("token");
    Files.writeString(file, "g3h31m\n");
    tharsis("join-cluster", "h:1", "--token-file", file.toString());
    assertThat(node.asked()).isEqualTo(new Command.JoinCluster("h:1", "g3h31m"));
    Answer both = tharsis("join-cluster", "h:1", "--token", "t", "--token-file", "f");
    assertThat(both.status()).isEqualTo(2);
    Answer missing = tharsis("join-cluster", "h:1", "--token-file", file + ".nix");
    assertThat(missing.err()).contains("[token-file]");
    assertThat(missing.status()).isEqualTo(2);
  }

  @Test
  void anExportIsAFileForItsOwnerOnlyAndReplacesNone() throws IOException {
    node.answers(() -> new Outcome.CaExported("PEM"));
    String phrase = file("five random words of mine\n");
    Path export = data.resolve("export");
    Answer answer = tharsis("ca-export", export.toString(), "--pass-phrase-file", phrase);
    assertThat(answer.err()).isEmpty();
    assertThat(export).hasContent("PEM");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(export)))
        .isEqualTo("rw-------");
    assertThat(node.asked()).isEqualTo(new Command.CaExport("five random words of mine"));
    Answer again = tharsis("ca-export", export.toString(), "--pass-phrase-file", phrase);
    assertThat(again.err()).contains("[file-exists]");
    Answer nowhere = tharsis("ca-export", data + "/no/such", "--pass-phrase-file", phrase);
    assertThat(nowhere.err()).contains("[cannot-write]");
    assertThat(nowhere.status()).isEqualTo(3);
  }

  @Test
  void aPassPhraseComesFromAFileOrATerminal() {
    Answer none = tharsis("ca-export", data + "/x");
    assertThat(none.err()).contains("[pass-phrase]").contains("--pass-phrase-file");
    Answer missing = tharsis("ca-import", file("x"), "--pass-phrase-file", data + "/none");
    assertThat(missing.err()).contains("[pass-phrase]");
    Answer empty = tharsis("ca-import", file("x"), "--pass-phrase-file", file(""));
    assertThat(empty.err()).contains("[pass-phrase-form]");
    Answer noExport = tharsis("ca-import", data + "/none", "--pass-phrase-file", file("x"));
    assertThat(noExport.err()).contains("[export-file]");
    assertThat(node.requests()).isEmpty();
  }

  @Test
  void noNodeIsOneClearSentence() throws IOException {
    AdminEndpoint was = AdminEndpoint.find(data);
    stop();
    String sentence =
        "tharsis: no node is running with the data directory %s [no-node]. Try: tharsis node --data"
            .formatted(data);
    Answer stopped = tharsis("view");
    assertThat(stopped.status()).isEqualTo(3);
    assertThat(stopped.err()).startsWith(sentence).hasLineCount(1);
    // killed: what it told is still there
    was.tell(data);
    assertThat(tharsis("attach", "vm").err()).startsWith(sentence).hasLineCount(1);
    Answer nowhere = run("view", "--data", data.resolve("nowhere").toString());
    assertThat(nowhere.status()).isEqualTo(2);
    assertThat(nowhere.err()).contains("[no-data-directory]").hasLineCount(1);
    Files.writeString(data.resolve("admin"), "what is this\n");
    assertThat(tharsis("view").err()).contains("[admin-file]").hasLineCount(1);
  }

  /** Another program may listen where a killed node did, or the node may be in trouble. */
  @ParameterizedTest
  @CsvSource({
    "'', closed before the answer came",
    "'SSH-2.0-OpenSSH\r\n\r\n', does not speak HTTP",
    "'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc', was cut short",
    "'HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n', bytes long",
    "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', unknown form",
    "'HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\n{}', 'refused'' is missing",
  })
  void whatIsNoAnswerIsSaid(String reply, String says) throws Exception {
    AdminEndpoint token = AdminEndpoint.find(data);
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      HostPort there =
          HostPort.of(new InetSocketAddress(other.getInetAddress(), other.getLocalPort()));
      new AdminEndpoint(there, token.token()).tell(data);
      Thread answering = Thread.ofVirtual().start(() -> answer(other, reply));
      Answer answer = tharsis("attach", "vm");
      answering.join();
      assertThat(answer.status()).isEqualTo(3);
      assertThat(answer.err()).contains(says, "[no-answer]. Try: ").hasLineCount(1);
    }
  }

  @Test
  void anAnswerOfAnotherVersionIsSaid() throws Exception {
    AdminEndpoint token = AdminEndpoint.find(data);
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      HostPort there =
          HostPort.of(new InetSocketAddress(other.getInetAddress(), other.getLocalPort()));
      new AdminEndpoint(there, token.token()).tell(data);
      String reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
      Thread answering = Thread.ofVirtual().start(() -> answer(other, reply));
      Answer answer = tharsis("view");
      answering.join();
      assertThat(answer.status()).isEqualTo(3);
      assertThat(answer.err()).contains("[unreadable-answer]").hasLineCount(1);
    }
  }

  private static void answer(ServerSocket listening, String reply) {
    try (Socket socket = listening.accept()) {
      byte[] request = new byte[1 << 16];
      int length = 0;
      while (!new String(request, 0, length, StandardCharsets.UTF_8).contains("\r\n\r\n")) {
        length +=
            Math.max(0, socket.getInputStream().read(request, length, request.length - length));
      }
      socket.getOutputStream().write(reply.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void switchesTellWhatTheyDo() {
    for (SwitchVerb verb : SwitchVerb.values()) {
      assertThat(run(verb.word(), "--help").out()).contains("Lets ");
    }
  }
}
