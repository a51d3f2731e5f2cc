package io.tharsis.it.cluster;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.Condition;
import io.tharsis.it.process.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
  private final int peersPort;
  private ClusterProcess process;

  private TestNode(String name, Path data, int peersPort, ClusterProcess process) {
    this.name = name;
    this.data = data;
    this.peersPort = peersPort;
    this.process = process;
  }

  /** Starts a node that is in no cluster; does not wait for it. */
  static TestNode begin(Path directory, String name) throws IOException {
    Path data = Files.createDirectories(directory.resolve(name));
    int peersPort = freePort();
    Files.writeString(
        data.resolve("node.toml"),
        """
        [node]
        name = "%s"

        [listen]
        iscsi = "127.0.0.1:%d"
        peers = "127.0.0.1:%d"

        [log]
        space = "512MiB"
        file-size = "8MiB"
        backlog = "64MiB"
        """
            .formatted(name, freePort(), peersPort));
    return new TestNode(name, data, peersPort, ClusterProcess.start(data));
  }

  /** It has to be the same after a restart, so it is looked for before. */
  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
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
    return process.awaitLun(resource);
  }

  /** Starts it again after {@link #kill}, and waits until it can be operated. */
  void restart() throws IOException {
    process.close();
    process = ClusterProcess.start(data);
    process.awaitNode();
  }

  void kill() throws IOException {
    process.kill();
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
    List<String> line = new ArrayList<>(List.of(Checkout.find().launcher().toString()));
    line.addAll(List.of(words));
    line.addAll(List.of("--data", data.toString()));
    return Program.of(line.toArray()).run(VERB_LIMIT);
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
    other.tell("join-cluster", "127.0.0.1:" + peersPort, "--token", token.group(1));
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
