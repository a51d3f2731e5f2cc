package io.tharsis.cli;

import io.tharsis.replication.control.ResourceLog;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which log a verb looks at, and how it answers. */
final class LogTarget {

  @Parameters(
      paramLabel = "DIR/resource-NAME",
      description = "The directory of the resource below the node's --data DIR.")
  private Path directory;

  @Option(names = "--json", description = "Answer in JSON, see docs/reference/cli-log-json.md.")
  private boolean json;

  ResourceLog log() {
    return new ResourceLog(directory);
  }

  boolean json() {
    return json;
  }
}
