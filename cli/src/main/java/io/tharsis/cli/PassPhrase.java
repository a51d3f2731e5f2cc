package io.tharsis.cli;

import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * Where a pass phrase comes from: a file, or whoever sits at the terminal, without an echo. Never
 * the command line, which other users of the host can see.
 */
final class PassPhrase {

  @Option(
      names = "--pass-phrase-file",
      paramLabel = "FILE",
      description = {
        "A file whose first line is the pass phrase, or /dev/stdin; if not said, it is asked for at"
            + " the terminal."
      })
  private Optional<Path> file = Optional.empty();

  /** The one that something is under. */
  String read() throws RefusedException {
    return file.isPresent() ? first(file.get()) : asked(terminal(), "pass phrase of the CA: ");
  }

  /** One that something is to be put under: at the terminal it is asked for twice. */
  String choose() throws RefusedException {
    if (file.isPresent()) {
      return first(file.get());
    }
    Console terminal = terminal();
    String once = asked(terminal, "pass phrase for the CA, five random words for instance: ");
    if (!asked(terminal, "the same again: ").equals(once)) {
      throw Refusal.usage("pass-phrase", "these were two different ones", "the same again")
          .thrown();
    }
    return once;
  }

  private static String first(Path from) throws RefusedException {
    try {
      return Files.readString(from).lines().findFirst().orElse("");
    } catch (IOException unreadable) {
      throw Refusal.usage(
              "pass-phrase", "the pass phrase cannot be read from " + from, "another file")
          .thrown();
    }
  }

  private static Console terminal() throws RefusedException {
    // Absent, or one that is no terminal: which of both depends on the JDK.
    return Optional.ofNullable(System.console())
        .filter(Console::isTerminal)
        .orElseThrow(() ->
            Refusal.usage(
                    "pass-phrase",
                    "there is no terminal at which the pass phrase could be asked for",
                    "--pass-phrase-file FILE, or /dev/stdin")
                .thrown());
  }

  private static String asked(Console terminal, String question) throws RefusedException {
    char[] words = terminal.readPassword("%s", question);
    if (words == null) {
      throw Refusal.usage("pass-phrase", "no pass phrase was given", "the same again").thrown();
    }
    try {
      return new String(words);
    } finally {
      Arrays.fill(words, '\0');
    }
  }
}
