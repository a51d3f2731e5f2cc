package io.tharsis.cli;

import io.tharsis.replication.control.LogView;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** Says whether the log of a resource is sound, and where it is not. */
@Command(
    name = "verify",
    description = {
      "Checks every record, every digest, the summaries and the checkpoint.",
      "Names the first damage and says what an opening would do."
    })
final class LogVerify extends LogLook {

  @Override
  void text(LogView view, PrintWriter out) {
    LogText.verification(view, out);
  }

  @Override
  void json(LogView view, PrintWriter out) {
    LogJson.verification(view, out);
  }
}
