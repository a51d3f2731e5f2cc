package io.tharsis.cli;

import io.tharsis.replication.control.RefusedException;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The root of the command line; every verb that is not the daemon hangs beneath it.
 *
 * <p>It holds no state of its own. Without a verb it is a usage error, exit status 2.
 */
@Command(
    name = "tharsis",
    description = "Operates the iSCSI target Tharsis.",
    mixinStandardHelpOptions = true,
    versionProvider = Tharsis.Version.class,
    subcommands = LogVerbs.class,
    footerHeading = "%nVerbs of the daemon, which the launcher hands on to it:%n",
    footer = {
      "  node    Runs the node of a data directory, which the other verbs operate.",
      "  config  Looks at the file node.toml of a node, running or not.",
      "  serve   Serves resources as iSCSI LUNs without a cluster.",
      "  demo    Serves one LUN to try, and shows what it does."
    })
public final class Tharsis implements Runnable {

  @Spec private CommandSpec spec;

  /**
   * Runs one verb and ends the process with its exit status.
   *
   * @param args the words after {@code tharsis}
   */
  public static void main(String[] args) {
    // A library that says hello to the log of diagnostics would say it to the operator here.
    Logger quiet = Logger.getLogger("net.openhft");
    quiet.setLevel(Level.WARNING);
    System.exit(commandLine().execute(args));
  }

  /**
   * The whole command line, new; what it says goes where the caller wants it, and executing it
   * returns the exit status. For processes that give many verbs.
   */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Tharsis());
    NodeVerbs.addTo(line);
    return line.setExecutionExceptionHandler((failure, command, parsed) -> {
      if (!(failure instanceof RefusedException refused)) {
        throw failure;
      }
      refused.refusals().forEach(one -> command.getErr().println("tharsis: " + one));
      return ExitStatus.of(refused.refusal());
    });
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do: a verb is missing.");
  }

  /** Reads the version from the manifest of the jar this class came in. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version =
          Optional.ofNullable(Tharsis.class.getPackage().getImplementationVersion())
              .orElse("(not packaged)");
      return new String[] {"tharsis " + version};
    }
  }
}
