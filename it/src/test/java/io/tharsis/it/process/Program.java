package io.tharsis.it.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client program that runs to its end, or to its limit. Holds the words it is started with. */
public final class Program {

  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

  private final List<String> words;

  private Program(List<String> words) {
    this.words = words;
  }

  /** A command without a shell. */
  public static Program of(Object... words) {
    List<String> texts = new ArrayList<>();
    for (Object word : words) {
      texts.add(word.toString());
    }
    return new Program(texts);
  }

  /**
   * How a program ended.
   *
   * @param words what was started
   * @param status its exit status, or {@link #TIMED_OUT}
   * @param output stdout and stderr
   */
  public record Outcome(List<String> words, int status, String output) {

    /** The status of a program that was killed at its limit; no program has it by itself. */
    public static final int TIMED_OUT = -1;

    /** Its output, where it ended with 0. */
    public String ok() {
      if (status != 0) {
        throw new AssertionError(this);
      }
      return output;
    }

    @Override
    public String toString() {
      String end = status == TIMED_OUT ? "did not end in time" : "ended with " + status;
      return String.join(" ", words) + " " + end + ":\n" + output;
    }
  }

  /** A program that was started and is not waited for yet. */
  public record Running(List<String> words, Process process, Path output) {

    /** Waits for the end; kills it at the limit. */
    public Outcome await(Duration limit) throws IOException {
      try {
        boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (!ended) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly().waitFor();
        }
        String text = Files.readString(output);
        Files.delete(output);
        return new Outcome(words, ended ? process.exitValue() : Outcome.TIMED_OUT, text);
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  /** Starts it; it does not outlive the thread that does so. */
  public Running start() throws IOException {
    Path output = Files.createTempFile("tharsis-it-", ".txt");
    Process process =
        new ProcessBuilder(guarded(words))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .redirectInput(new File("/dev/null"))
            .start();
    return new Running(words, process, output);
  }

  /** Runs it to its end. */
  public Outcome run(Duration limit) throws IOException {
    return start().await(limit);
  }

  /** The same words for a process that the kernel ends with the thread that starts it. */
  public static List<String> guarded(List<String> words) {
    List<String> line = new ArrayList<>();
    if (Files.isExecutable(SETPRIV)) {
      line.addAll(List.of(SETPRIV.toString(), "--pdeathsig", "KILL", "--"));
    }
    line.addAll(words);
    return line;
  }
}
