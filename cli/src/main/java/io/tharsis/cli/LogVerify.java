package io.tharsis.cli;

import io.tharsis.replication.control.LogView;
import io.tharsis.replication.control.RefusedException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says whether the log of a resource is sound, and where it is not. */
@Command(
    name = "verify",
    description = {
      "Checks every record, every digest, the summaries and the checkpoint.",
      "Names the first damage and says what an opening would do."
    },
    mixinStandardHelpOptions = true,
    footerHeading = ExitStatus.HEADING,
    footer = {ExitStatus.SOUND, ExitStatus.DAMAGED, ExitStatus.USAGE, ExitStatus.CANNOT_READ})
final class LogVerify implements Callable<Integer> {

  @Mixin private LogTarget target;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws RefusedException {
    LogView view = target.log().inspect();
    var out = spec.commandLine().getOut();
    if (target.json()) {
      LogJson.verification(view, out);
    } else {
      LogText.verification(view, out);
    }
    return ExitStatus.of(view);
  }
}
