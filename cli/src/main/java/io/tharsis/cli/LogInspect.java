package io.tharsis.cli;

import io.tharsis.replication.control.LogView;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** Shows everything that the directory of a resource says about its log. */
@Command(
    name = "inspect",
    description = "Shows files, lineage, checkpoint, summaries, digests and the end of the log.")
final class LogInspect extends LogLook {

  @Override
  void text(LogView view, PrintWriter out) {
    LogText.inspection(view, out);
  }

  @Override
  void json(LogView view, PrintWriter out) {
    LogJson.inspection(view, out);
  }
}
