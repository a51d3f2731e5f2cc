package io.tharsis.it.cluster;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.process.Condition;
import io.tharsis.it.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One node of a test on loopback: its data directory, its process while there is one, and the
 * command line that operates it.
 */
final class TestNode implements AutoCloseable {

  private static final Duration VERB_LIMIT = Duration.ofSeconds(150);
  private static final Duration GOSSIP_LIMIT = Duration.ofSeconds(60);
  private static final Pattern TOKEN = Pattern.compile("\"(tharsis-join-[^\"]+)\"");

  private final String name;
  private final Path data;
  private final Place place;
  private final int peersPort;
  private RunningNode process;

  private TestNode(String name, Path data, Place place, int peersPort, RunningNode process) {
    this.name = name;
    this.data = data;
    this.place = place;
    this.peersPort = peersPort;
    this.process = process;
  }

  /**
   * Starts a node that is in no cluster; does not wait for it.
   *
   * @param logSpace of one resource, as the key {@code log.space} has it
   */
  static TestNode begin(Path directory, String name, Place place, String logSpace)
      throws IOException {
    return begin(directory, name, place, logSpace, "");
  }

  /**
   * The same.
   *
   * @param more lines of its {@code node.toml}, tables of their own
   */
  static TestNode begin(Path directory, String name, Place place, String logSpace, String more)
      throws IOException {
    Path data = Files.createDirectories(directory.resolve(name));
    int listens = place.port(7777);
    int peersPort = place.announced(listens);
    Files.writeString(
        data.resolve("node.toml"),
        """
        [node]
        name = "%s"

        [listen]
        iscsi = "%s:%d"
        peers = "%s:%d"

        [peers]
        addresses = "%s:%d"

        [log]
        space = "%s"
        file-size = "8MiB"
        backlog = "64MiB"
        %s
        """
            .formatted(
                name,
                place.listens(),
                place.port(3260),
                place.listens(),
                listens,
                place.host(),
                peersPort,
                logSpace,
                more));
    return new TestNode(name, data, place, peersPort, place.start(data));
  }

  String name() {
    return name;
  }

  Path data() {
    return data;
  }

  /** The file that holds its copy of a resource. */
  Path disk(String resource) {
    return data.resolveSibling(name + "-" + resource + ".img");
  }

  void awaitReady() throws IOException {
    process.awaitNode();
  }

  IscsiUrl awaitLun(String resource) throws IOException {
    IscsiUrl announced = process.awaitLun(resource);
    return new IscsiUrl(place.host(), announced.port(), announced.target(), announced.lun());
  }

  /** Starts it again after {@link #kill}, and waits until it can be operated. */
  void restart() throws IOException {
    process.close();
    process = place.start(data);
    process.awaitNode();
  }

  void kill() throws IOException {
    process.kill();
  }

  /** Makes it silent, with all its connections left as they are. */
  void freeze() throws IOException {
    process.freeze();
  }

  /** Ends {@link #freeze}. */
  void thaw() throws IOException {
    process.thaw();
  }

  /** What it, and those before it with this data directory, have said on stderr. */
  String said() throws IOException {
    return process.said();
  }

  /** The directory of a resource's log. */
  Path log(String resource) {
    return data.resolve("resource-" + resource);
  }

  /** What it shows about its own replica of a resource: one line. */
  String shown(String resource) throws IOException {
    return shown(resource, this).orElse("");
  }

  private Optional<String> shown(String resource, TestNode whose) throws IOException {
    return tell("view", resource)
        .lines()
        .dropWhile(line -> !line.startsWith(resource + ":"))
        .filter(line -> line.startsWith(whose.name + " "))
        .findFirst();
  }

  /** Waits until it has heard that another node has no replica of a resource any more. */
  void awaitNoReplica(String resource, TestNode whose) throws IOException {
    Condition.await(
        name + " shows no replica of " + resource + " at " + whose.name,
        GOSSIP_LIMIT,
        () -> shown(resource, whose).isEmpty());
  }

  /** Waits until it has a link with another node. */
  void awaitLink(TestNode other) throws IOException {
    Condition.await(
        name + " has a link with " + other.name,
        GOSSIP_LIMIT,
        () ->
            tell("view")
                .lines()
                .anyMatch(line -> line.startsWith(other.name + " ") && line.contains(" up ")));
  }

  /** Waits until what it shows about its own replica of a resource has such a text. */
  void awaitShown(String resource, String text) throws IOException {
    Condition.await(name + " shows " + text, GOSSIP_LIMIT, () -> shown(resource).contains(text));
  }

  /** Stops it in order. */
  void stop() throws IOException {
    int status = process.stop();
    if (status != 0) {
      throw new AssertionError("a clean stop ended with " + status + ": " + process.said());
    }
  }

  /** A verb, whatever becomes of it. */
  Program.Outcome ask(String... words) throws IOException {
    List<String> line = new ArrayList<>(List.of(words));
    line.addAll(List.of("--data", data.toString()));
    return place.operate(line, VERB_LIMIT);
  }

  /** A verb that is not waited for yet. */
  CompletableFuture<Program.Outcome> begin(String... words) {
    CompletableFuture<Program.Outcome> ended = new CompletableFuture<>();
    Thread _ =
        Thread.ofPlatform()
            .daemon()
            .name(name + " " + words[0])
            .start(() -> {
              try {
                ended.complete(ask(words));
              } catch (IOException | RuntimeException | Error e) {
                ended.completeExceptionally(e);
              }
            });
    return ended;
  }

  /** A verb that has to be carried out; what it says. */
  String tell(String... words) throws IOException {
    Program.Outcome outcome = ask(words);
    if (outcome.status() != 0) {
      throw new AssertionError(name + ": " + outcome + "\nthe node said: " + process.said());
    }
    return outcome.output();
  }

  /** Brings another node into the cluster of this one. */
  void invite(TestNode other) throws IOException {
    Matcher token = TOKEN.matcher(tell("create-token", "--json"));
    if (!token.find()) {
      throw new AssertionError("no token");
    }
    other.tell("join-cluster", place.host() + ":" + peersPort, "--token", token.group(1));
  }

  /** Waits until what it shows has such a text. */
  void awaitShown(String text) throws IOException {
    Condition.await(name + " shows " + text, GOSSIP_LIMIT, () -> tell("view").contains(text));
  }

  /** Waits until what it shows has no such text any more. */
  void awaitNotShown(String text) throws IOException {
    Condition.await(name + " shows no " + text, GOSSIP_LIMIT, () -> !tell("view").contains(text));
  }

  @Override
  public void close() throws IOException {
    process.close();
  }
}
