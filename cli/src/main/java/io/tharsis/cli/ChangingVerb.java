package io.tharsis.cli;

import picocli.CommandLine.Option;

/** A verb that changes something, and can say what it would change. */
abstract class ChangingVerb extends NodeVerb {

  @Option(
      names = "--dry-run",
      description = "Say what would be done, or what forbids it; change nothing.")
  private boolean dryRun;

  @Override
  final boolean isDryRun() {
    return dryRun;
  }
}
