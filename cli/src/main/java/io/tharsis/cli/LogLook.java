package io.tharsis.cli;

import io.tharsis.replication.control.LogView;
import io.tharsis.replication.control.RefusedException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A verb that looks at a whole log and says whether it is sound. What differs is what it shows. */
@Command(
    mixinStandardHelpOptions = true,
    footerHeading = ExitStatus.HEADING,
    footer = {ExitStatus.SOUND, ExitStatus.DAMAGED, ExitStatus.USAGE, ExitStatus.CANNOT_READ})
abstract class LogLook implements Callable<Integer> {

  @Mixin private LogTarget target;
  @Mixin private JsonChoice answer;
  @Spec private CommandSpec spec;

  abstract void text(LogView view, PrintWriter out);

  abstract void json(LogView view, PrintWriter out);

  @Override
  public final Integer call() throws RefusedException {
    LogView view = target.log().inspect();
    if (answer.json()) {
      json(view, spec.commandLine().getOut());
    } else {
      text(view, spec.commandLine().getOut());
    }
    return ExitStatus.of(view);
  }
}
