package io.tharsis.cli;

import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.RequestForm;
import io.tharsis.replication.control.json.MalformedJsonException;
import io.tharsis.replication.control.json.OutcomeJson;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A verb that a node carries out: parse, call, render. What differs is the command it makes. */
@picocli.CommandLine.Command(
    mixinStandardHelpOptions = true,
    footerHeading = ExitStatus.HEADING,
    footer = {
      ExitStatus.DONE,
      ExitStatus.FORBIDDEN,
      ExitStatus.NODE_USAGE,
      ExitStatus.NO_NODE,
      ExitStatus.LATE
    })
abstract class NodeVerb implements Callable<Integer> {

  @Mixin private NodeTarget target;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "60s",
      description = "How long it may take: 500ms, 60s, 5m, 2h, 7d; ${DEFAULT-VALUE} if not said.")
  private Duration timeout;

  @Spec private CommandSpec spec;

  /** What the node is to do. */
  abstract Command command() throws RefusedException;

  /** Whether it is only to say what it would do. */
  boolean isDryRun() {
    return false;
  }

  /** Does what is to be done here with an outcome, before it is shown. */
  void take(Outcome outcome) throws RefusedException {}

  @Override
  public final Integer call() throws RefusedException {
    Command command = command();
    List<Refusal> objections = new ArrayList<>(RequestForm.objections(command));
    RequestForm.objection(timeout).ifPresent(objections::add);
    if (!objections.isEmpty()) {
      throw new RefusedException(objections);
    }
    RemoteNode node = target.node();
    String answer = node.execute(new Request(command, timeout, isDryRun()));
    try {
      return show(answer);
    } catch (MalformedJsonException malformed) {
      throw node.unreadable(malformed);
    }
  }

  private int show(String answer) throws MalformedJsonException, RefusedException {
    PrintWriter out = spec.commandLine().getOut();
    Outcome outcome = OutcomeJson.read(answer);
    take(outcome);
    if (target.json()) {
      out.print(answer);
    } else {
      NodeText.outcome(outcome, isDryRun(), out);
    }
    out.flush();
    return ExitStatus.of(outcome);
  }
}
