package io.tharsis.cli;

import io.tharsis.replication.control.LogView;
import io.tharsis.replication.control.RefusedException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets a log be written again after a write or sync of it had failed. */
@Command(
    name = "clear-poison",
    description = {
      "Clears the marker that a failed write or sync of the log has left.",
      "The log can be opened again then. The node has to be stopped and the cause removed: a"
          + " marker says that the disk under the log cannot be trusted."
    },
    mixinStandardHelpOptions = true,
    footerHeading = ExitStatus.HEADING,
    footer = {
      "  0  the marker is cleared, durably",
      "  2  usage, no marker, or a marker about another logfile",
      "  3  a running node has the directory, or it cannot be written"
    })
final class LogClearPoison implements Callable<Integer> {

  @Mixin private LogTarget target;

  @Parameters(
      index = "1",
      paramLabel = "LOGFILE",
      description = "The logfile that the marker is about, as inspect shows it.")
  private String logfile;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws RefusedException {
    LogView.PoisonView cleared = target.log().clearPoison(logfile);
    spec.commandLine()
        .getOut()
        .println(
            "cleared: writing %s had failed at LSN %d, %s"
                .formatted(cleared.logfile(), cleared.lsn(), cleared.reason()));
    return 0;
  }
}
