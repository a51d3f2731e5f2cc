package io.tharsis.server;

import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The entry of the daemon; the verbs that serve resources hang beneath it.
 *
 * <p>It holds no state of its own. Without a verb it is a usage error, exit status 2.
 */
@Command(
    name = "tharsis",
    description = "Serves resources as iSCSI LUNs.",
    mixinStandardHelpOptions = true,
    subcommands = {NodeCommand.class, ServeCommand.class, DemoCommand.class, ConfigCommand.class},
    versionProvider = Main.Version.class)
public final class Main implements Runnable {

  @Spec private CommandSpec spec;

  /**
   * Runs one verb and ends the process with its exit status.
   *
   * @param args the words after {@code tharsis}
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do: a verb is missing.");
  }

  /** The version of the program, for people. */
  static String version() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
        .orElse("(not packaged)");
  }

  /** Reads the version from the manifest of the jar this class came in. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"tharsis " + version()};
    }
  }
}
