package io.tharsis.server;

import io.tharsis.server.cluster.NodeDaemonProcess;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tharsis node}: a node of a cluster, until a signal stops it. */
@Command(
    name = "node",
    description = {
      "Runs the node of a data directory until SIGTERM or SIGINT. What it is told stands in the",
      "file node.toml there; see tharsis config check. It is operated by the other verbs."
    },
    mixinStandardHelpOptions = true)
final class NodeCommand implements Callable<Integer> {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:THARSIS_DATA:-/var/lib/tharsis}",
      description = {
        "The data directory; if not said, what THARSIS_DATA says, else /var/lib/tharsis."
      })
  private Path data;

  @Override
  public Integer call() {
    return NodeDaemonProcess.run(data.toAbsolutePath().normalize(), Main.version());
  }
}
