package io.tharsis.server;

import io.tharsis.server.node.NodeArguments;
import io.tharsis.server.node.NodeProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/**
 * {@code tharsis serve}: serves resources until a signal stops it. Holds the words it was given.
 */
@Command(
    name = "serve",
    description = "Serves resources as iSCSI LUNs until SIGTERM or SIGINT.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {

  @Option(names = "--data", paramLabel = "DIR", description = "Where logs are kept; required.")
  private Optional<String> data = Optional.empty();

  @Option(
      names = "--resource",
      paramLabel = "NAME=DISKFILE[,size=1GiB][,cache=durable|flush]",
      description =
          "A resource and the file or block device that holds it; required, may be given several"
              + " times. A file that does not exist is made with the size. cache=durable, which is"
              + " the default: GOOD means on stable storage; cache=flush: a write cache is"
              + " announced.")
  private List<String> resources = new ArrayList<>();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where initiators connect; required. Port 0 takes a free one.")
  private Optional<String> listen = Optional.empty();

  @Option(
      names = "--metrics",
      paramLabel = "HOST:PORT",
      description = "Serve Prometheus metrics at http://HOST:PORT/metrics.")
  private Optional<String> metrics = Optional.empty();

  @Option(
      names = "--transport",
      paramLabel = "io_uring|epoll|nio",
      description = "How event loops wait; the best this host has if not said.")
  private Optional<String> transport = Optional.empty();

  @Option(
      names = "--idle-poll",
      paramLabel = "MICROSECONDS",
      description =
          "How long an event loop may look for work again before it sleeps, while commands come"
              + " that close after one another; 50 if not said, 0 for never.")
  private Optional<String> idlePoll = Optional.empty();

  @Option(
      names = "--append",
      paramLabel = "ring|thread",
      description =
          "How the log of a resource with cache=durable becomes durable; what a probe finds best"
              + " if not said. With cache=flush it is always thread.")
  private Optional<String> append = Optional.empty();

  @Option(
      names = "--accept-loss",
      paramLabel = "NAME",
      description =
          "Serve the resource although acknowledged writes at the end of its log are damaged: they"
              + " are cut off and lost for good, and it is said from which LSN on. For one start;"
              + " may be given several times.")
  private List<String> acceptLoss = new ArrayList<>();

  @Unmatched private List<String> unknown = new ArrayList<>();

  @Override
  public Integer call() {
    NodeArguments words =
        new NodeArguments(
            data,
            resources,
            listen,
            metrics,
            new NodeArguments.Methods(transport, idlePoll, append),
            acceptLoss,
            unknown);
    return NodeProcess.run(words);
  }
}
