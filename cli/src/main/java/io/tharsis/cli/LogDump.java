package io.tharsis.cli;

import io.tharsis.replication.control.LogView;
import io.tharsis.replication.control.RecordFilter;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.ResourceLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tells the records of a log, one line each. */
@Command(
    name = "dump",
    description = "Tells the records of the log, one line each, without their payload.",
    mixinStandardHelpOptions = true,
    footerHeading = ExitStatus.HEADING,
    footer = {ExitStatus.SOUND, ExitStatus.DAMAGED, ExitStatus.USAGE, ExitStatus.CANNOT_READ})
final class LogDump implements Callable<Integer> {

  @Mixin private LogTarget target;
  @Mixin private JsonChoice answer;

  @Option(names = "--from", paramLabel = "LSN", description = "Only records at or above it.")
  private long from;

  @Option(names = "--to", paramLabel = "LSN", description = "Only records below it.")
  private long to = Long.MAX_VALUE;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      split = ",",
      description =
          "Only records of these types: WRITE, FILL, ZERO, UNMAP, STATE, MARK, PAD, SEAL.")
  private List<String> types = new ArrayList<>();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws RefusedException {
    checkTypes();
    var out = spec.commandLine().getOut();
    RecordFilter filter = new RecordFilter(from, to, types);
    LogView view;
    if (answer.json()) {
      try (LogJson.Lines lines = new LogJson.Lines(out)) {
        view = target.log().dump(filter, lines);
      }
    } else {
      out.println(LogText.RECORD_TITLE);
      view = target.log().dump(filter, line -> out.println(LogText.record(line)));
    }
    out.flush();
    if (!view.sound()) {
      LogText.verification(view, spec.commandLine().getErr());
    }
    return ExitStatus.of(view);
  }

  private void checkTypes() {
    for (String type : types) {
      if (!ResourceLog.recordTypes().contains(type)) {
        throw new ParameterException(
            spec.commandLine(),
            "--type %s is no type of record. Try: --type %s"
                .formatted(type, String.join(",", ResourceLog.recordTypes())));
      }
    }
  }
}
