package io.tharsis.cli;

import io.tharsis.replication.control.LogView;
import io.tharsis.replication.control.RefusedException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows everything that the directory of a resource says about its log. */
@Command(
    name = "inspect",
    description = "Shows files, lineage, checkpoint, summaries, digests and the end of the log.",
    mixinStandardHelpOptions = true,
    footerHeading = ExitStatus.HEADING,
    footer = {ExitStatus.SOUND, ExitStatus.DAMAGED, ExitStatus.USAGE, ExitStatus.CANNOT_READ})
final class LogInspect implements Callable<Integer> {

  @Mixin private LogTarget target;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws RefusedException {
    LogView view = target.log().inspect();
    var out = spec.commandLine().getOut();
    if (target.json()) {
      LogJson.inspection(view, out);
    } else {
      LogText.inspection(view, out);
    }
    return ExitStatus.of(view);
  }
}
