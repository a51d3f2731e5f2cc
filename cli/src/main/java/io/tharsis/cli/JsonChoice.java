package io.tharsis.cli;

import picocli.CommandLine.Option;

/** How a verb that looks at a log answers. */
final class JsonChoice {

  @Option(names = "--json", description = "Answer in JSON, see docs/reference/cli-log-json.md.")
  private boolean json;

  boolean json() {
    return json;
  }
}
