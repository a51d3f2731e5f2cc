package io.tharsis.server;

import io.tharsis.replication.control.Refusal;
import io.tharsis.server.config.NodeFile;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tharsis config}: what the file of a node says. Needs no running node. */
@Command(
    name = "config",
    description = "Looks at the file node.toml of a node, running or not.",
    mixinStandardHelpOptions = true,
    subcommands = ConfigCommand.Check.class)
final class ConfigCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Say what to do with the file: a verb is missing.");
  }

  /** {@code tharsis config check}. */
  @Command(
      name = "check",
      description = {
        "Shows every setting with its value and where it comes from,",
        "or everything that is wrong with the file."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExit status:%n",
      footer = {
        "  0  a node would start with it",
        "  2  something is wrong with it, or usage",
        "  3  it cannot be read"
      })
  static final class Check implements Callable<Integer> {

    private static final int OK = 0;
    private static final int WRONG = 2;
    private static final int UNREADABLE = 3;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        defaultValue = "${env:THARSIS_DATA:-/var/lib/tharsis}",
        description = {
          "The data directory; if not said, what THARSIS_DATA says, else /var/lib/tharsis."
        })
    private Path data;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      Path directory = data.toAbsolutePath().normalize();
      return switch (read(directory)) {
        case NodeFile.Reading.Understood understood -> show(directory, understood);
        case NodeFile.Reading.Refused refused -> refuse(refused.problems());
      };
    }

    private static NodeFile.Reading read(Path directory) {
      return Files.isDirectory(directory)
          ? NodeFile.read(directory)
          : new NodeFile.Reading.Refused(
              List.of(
                  Refusal.usage(
                      "no-data-directory",
                      directory + " is not a directory",
                      "--data DIR, or THARSIS_DATA=DIR")));
    }

    private int show(Path directory, NodeFile.Reading.Understood understood) {
      PrintWriter out = spec.commandLine().getOut();
      Path file = directory.resolve(NodeFile.NAME);
      out.println(Files.exists(file) ? file : "there is no " + file + ": everything is as usual");
      for (NodeFile.Line line : understood.lines()) {
        out.println("%-20s = %s  # %s".formatted(line.key(), line.value(), line.source()));
      }
      out.flush();
      return OK;
    }

    private int refuse(List<Refusal> problems) {
      PrintWriter err = spec.commandLine().getErr();
      problems.forEach(problem -> err.println("tharsis: " + problem));
      err.flush();
      return problems.getFirst().kind() == Refusal.Kind.HOST ? UNREADABLE : WRONG;
    }
  }
}
