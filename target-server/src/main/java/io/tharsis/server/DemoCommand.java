package io.tharsis.server;

import io.tharsis.replication.control.HostPort;
import io.tharsis.server.node.Demonstration;
import io.tharsis.server.node.NodeArguments;
import io.tharsis.server.node.NodeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tharsis demo}: a disk to try, on this machine only. Holds the words it was given. */
@Command(
    name = "demo",
    description =
        "Serves a disk of 1 GiB on 127.0.0.1:3260, or the next free port, and shows how to use it.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

  private static final String LOOPBACK = "127.0.0.1";
  private static final int FIRST_PORT = 3260;
  private static final int PORTS_TO_TRY = 100;
  private static final int BACKLOG = 1;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the data is kept; ./.tharsis/demo if not said.")
  private Path data = Path.of(".tharsis", "demo");

  @Override
  public Integer call() {
    Path directory = data.toAbsolutePath().normalize();
    NodeArguments words =
        new NodeArguments(
            Optional.of(directory.toString()),
            List.of("demo=" + directory.resolve("disk") + ",size=1GiB"),
            Optional.of(new HostPort(LOOPBACK, freePort()).toString()),
            Optional.empty(),
            NodeArguments.Methods.UNSAID,
            List.of());
    return NodeProcess.run(words, new Demonstration(System.out, screen(), directory));
  }

  /** The usual port, or the next one that nobody has; any, if there are many. */
  private static int freePort() {
    return IntStream.range(FIRST_PORT, FIRST_PORT + PORTS_TO_TRY)
        .filter(DemoCommand::isFree)
        .findFirst()
        .orElse(0);
  }

  private static boolean isFree(int port) {
    try (ServerSocket tried = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress())) {
      return tried.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  private static Demonstration.Screen screen() {
    return Optional.ofNullable(System.console()).filter(console -> console.isTerminal()).isPresent()
        ? Demonstration.Screen.TERMINAL
        : Demonstration.Screen.PLAIN;
  }
}
