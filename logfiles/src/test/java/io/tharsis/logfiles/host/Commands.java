package io.tharsis.logfiles.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs commands of the host for tests. */
final class Commands {

  /** How a command ended. */
  record Outcome(int status, String output) {}

  private Commands() {}

  static Outcome run(List<String> command) throws IOException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Outcome(process.waitFor(), output.strip());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether it can be run and succeeds. */
  static boolean succeeds(String... command) {
    try {
      return run(List.of(command)).status() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
