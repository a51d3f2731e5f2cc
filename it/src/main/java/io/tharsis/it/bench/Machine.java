package io.tharsis.it.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a result comes from. An immutable value.
 *
 * @param commit of the checkout, with {@code -dirty} where it has changes; {@code unknown} outside
 *     a checkout
 * @param cpu model name
 * @param cores that this process may use
 * @param kernel release
 * @param memoryBytes of the machine
 * @param fileSystem type of the one that is measured on
 * @param tgt version of tgtd
 */
record Machine(
    String commit,
    String cpu,
    int cores,
    String kernel,
    long memoryBytes,
    String fileSystem,
    String tgt) {

  private static final String UNKNOWN = "unknown";

  /** What figures were measured on, in a line. */
  String words() {
    return "%s, %d cores, Linux %s, %s".formatted(cpu, cores, kernel, fileSystem);
  }

  /** Looks around. */
  static Machine here(Path home, Path directory) throws IOException {
    return new Machine(
        firstLine(
            List.of(
                "git", "-C", home.toString(), "describe", "--always", "--dirty", "--abbrev=40")),
        field(Path.of("/proc/cpuinfo"), "model name"),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.version"),
        Long.parseLong(field(Path.of("/proc/meminfo"), "MemTotal").replace(" kB", "")) * 1024,
        Files.getFileStore(directory).type(),
        firstLine(List.of("tgtd", "--version")));
  }

  private static String field(Path file, String name) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(UNKNOWN);
    }
  }

  private static String firstLine(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return text.isEmpty() ? UNKNOWN : text.lines().findFirst().orElse(UNKNOWN);
    } catch (IOException e) {
      return UNKNOWN;
    }
  }
}
