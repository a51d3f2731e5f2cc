package io.tharsis.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which node a verb asks, and how it answers. */
final class NodeTarget {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:THARSIS_DATA:-/var/lib/tharsis}",
      description = {
        "The data directory of the node that is asked; if not said, what THARSIS_DATA says,"
            + " else /var/lib/tharsis."
      })
  private Path data;

  @Option(names = "--json", description = "Answer in JSON, see docs/reference/admin-api.md.")
  private boolean json;

  RemoteNode node() {
    return new RemoteNode(data.toAbsolutePath().normalize());
  }

  boolean json() {
    return json;
  }
}
