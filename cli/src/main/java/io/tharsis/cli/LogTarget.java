package io.tharsis.cli;

import io.tharsis.replication.control.ResourceLog;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** Which log a verb is about. */
final class LogTarget {

  @Parameters(
      index = "0",
      paramLabel = "DIR/resource-NAME",
      description = "The directory of the resource below the node's --data DIR.")
  private Path directory;

  ResourceLog log() {
    return new ResourceLog(directory);
  }
}
