package io.tharsis.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The verbs that look at the log of one resource on this host. */
@Command(
    name = "log",
    description = "Looks at the log of a resource, on a stopped node or beside a running one.",
    mixinStandardHelpOptions = true,
    subcommands = {LogInspect.class, LogVerify.class, LogDump.class, LogClearPoison.class})
final class LogVerbs implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Say what to do with the log: a verb is missing.");
  }
}
