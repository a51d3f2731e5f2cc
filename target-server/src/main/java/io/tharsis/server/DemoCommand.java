package io.tharsis.server;

import io.tharsis.server.cluster.Demonstration;
import io.tharsis.server.node.ServiceProcess;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tharsis demo}: a disk to try, on this machine only. Holds the words it was given. */
@Command(
    name = "demo",
    description = {
      "Runs two nodes on this machine: a primary that serves a disk of 1 GiB on 127.0.0.1:3260, or",
      "the next free port, and a secondary that follows it. Shows how to use them, and their lag."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the data is kept; ./.tharsis/demo if not said.")
  private Path data = Path.of(".tharsis", "demo");

  @Override
  public Integer call() {
    return ServiceProcess.run(
        new Demonstration(System.out, screen(), data.toAbsolutePath().normalize(), Main.version()));
  }

  private static Demonstration.Screen screen() {
    return Optional.ofNullable(System.console()).filter(console -> console.isTerminal()).isPresent()
        ? Demonstration.Screen.TERMINAL
        : Demonstration.Screen.PLAIN;
  }
}
