package io.tharsis.cli;

import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.json.MalformedJsonException;
import io.tharsis.replication.control.json.ViewJson;
import io.tharsis.replication.control.view.ClusterView;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a node knows of its cluster. */
@Command(
    name = "view",
    description = {
      "Shows nodes, resources and replicas as this node knows them.",
      "docs/reference/states.md tells what the words mean."
    },
    mixinStandardHelpOptions = true,
    footerHeading = ExitStatus.HEADING,
    footer = {ExitStatus.SHOWN, ExitStatus.NODE_USAGE, ExitStatus.NO_NODE})
final class View implements Callable<Integer> {

  @Mixin private NodeTarget target;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "R",
      description = "The name of a resource; all of them if not said.")
  private Optional<String> resource = Optional.empty();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws RefusedException {
    RemoteNode node = target.node();
    String answer = node.view(resource);
    PrintWriter out = spec.commandLine().getOut();
    try {
      ClusterView view = ViewJson.read(answer);
      if (target.json()) {
        out.print(answer);
      } else {
        NodeText.view(view, resource.isEmpty(), out);
      }
    } catch (MalformedJsonException malformed) {
      throw node.unreadable(malformed);
    }
    out.flush();
    return 0;
  }
}
