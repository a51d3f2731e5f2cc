package io.tharsis.it.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.Condition;
import io.tharsis.it.process.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An emulated Linux machine that runs one script of {@code it/vm/guest}. What the script says is
 * heard line by line; a line {@code ask: QUESTION} makes it wait until it is answered. Owned by the
 * test that started it, and ends with it.
 */
public final class Guest implements AutoCloseable {

  /** For anything a guest does, on a machine that is busy. */
  public static final Duration LIMIT = Duration.ofMinutes(4);

  private static final Duration MAKING_LIMIT = Duration.ofMinutes(20);
  private static final int UNAVAILABLE = 69;
  private static final Pattern ABOUT_DISKS =
      Pattern.compile("sd |scsi|iscsi|connection|session|EXT4|JBD2|blk_|I/O error|Buffer");
  private static final List<String> NEWS =
      List.of("Power-on or device reset occurred", "Asymmetric access state changed");
  private static final String QUESTION = "ask: ";

  private final Process process;
  private final Path console;
  private final Duration limit;
  private final List<String> lines = new ArrayList<>();
  private final Thread listener;

  /**
   * Where and for how long a machine runs.
   *
   * @param directory where its console is kept, as {@code SCRIPT-console.txt}
   * @param limit for all of it
   */
  public record Place(Path directory, Duration limit) {}

  private Guest(Process process, Path console, Duration limit) {
    this.process = process;
    this.console = console;
    this.limit = limit;
    listener = Thread.ofVirtual().start(this::listen);
  }

  /**
   * Makes the machine that all of them start from, where that was not done yet. Where it cannot be
   * made, root's tests fail, because root's could have it; others' say so and are aborted.
   */
  public static void make() throws IOException {
    Program.Outcome made =
        Program.of(Checkout.find().home().resolve("it/vm/prepare")).run(MAKING_LIMIT);
    if (made.status() == UNAVAILABLE && !"root".equals(System.getProperty("user.name"))) {
      System.err.println("NOT TESTED with a stock initiator: " + made.output().strip());
      abort(made.output().strip());
    }
    made.ok();
  }

  /** Starts one in a directory, for {@link #LIMIT} at most. */
  public static Guest start(Path directory, String script, IscsiUrl url, Object... more)
      throws IOException {
    return start(new Place(directory, LIMIT), script, url, more);
  }

  /**
   * Starts one.
   *
   * @param place where and for how long
   * @param script the name of a file of {@code it/vm/guest}, without {@code .sh}
   * @param url whose portal and target become the script's first two arguments
   * @param more its further arguments
   */
  public static Guest start(Place place, String script, IscsiUrl url, Object... more)
      throws IOException {
    Path scripts = Checkout.find().home().resolve("it/vm");
    Path console = place.directory().resolve(script + "-console.txt");
    List<String> words = new ArrayList<>();
    for (Object word :
        List.of(
            scripts.resolve("run"),
            "-t",
            place.limit().toSeconds(),
            "-c",
            console,
            scripts.resolve("guest").resolve(script + ".sh"),
            url.portal(),
            url.target())) {
      words.add(word.toString());
    }
    for (Object word : more) {
      words.add(word.toString());
    }
    return new Guest(
        new ProcessBuilder(Program.guarded(words)).redirectErrorStream(true).start(),
        console,
        place.limit());
  }

  private void listen() {
    try (BufferedReader said = process.inputReader()) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        synchronized (lines) {
          lines.add(line);
        }
      }
    } catch (IOException | UncheckedIOException ended) {
      // its end of the pipe is gone: it was killed
    }
  }

  /** What it has said so far. */
  public List<String> said() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** What follows this word in the one line that begins with it. */
  public String said(String word) {
    List<String> found = all(word).toList();
    assertThat(found).as("lines with %s in:%n%s", word, this).hasSize(1);
    return found.getFirst();
  }

  /** What follows this word in each line that begins with it. */
  public Stream<String> all(String word) {
    return said().stream()
        .filter(line -> line.startsWith(word + " "))
        .map(line -> line.substring(word.length() + 1));
  }

  /** Waits until it has said such a line; fails when it ends without. */
  public void await(String what, Predicate<String> line) throws IOException {
    Condition.await(
        "a guest that says " + what,
        LIMIT,
        () -> {
          if (said().stream().anyMatch(line)) {
            return true;
          }
          if (!process.isAlive() && !listener.isAlive()) {
            throw new AssertionError("ended before it said " + what + ":\n" + this);
          }
          return false;
        });
  }

  /** Waits until it asks this. */
  public void awaitQuestion(String question) throws IOException {
    await(QUESTION + question, line -> line.equals(QUESTION + question));
  }

  /** Lets it go on after its question. */
  public void answer() throws IOException {
    Writer words = process.outputWriter();
    words.write("\n");
    words.flush();
  }

  /** Ends the machine between two of its instructions. */
  public void cutPower() throws IOException {
    List<ProcessHandle> machine =
        process
            .descendants()
            .filter(each -> each.info().command().orElse("").contains("qemu-system"))
            .toList();
    assertThat(machine).as("the machine's process").hasSize(1);
    machine.getFirst().destroyForcibly();
    awaitEnd();
  }

  /** Waits until its script has ended well. */
  public void awaitSuccess() throws IOException {
    assertThat(awaitEnd()).as("status of the guest that said:%n%s", this).isZero();
  }

  private int awaitEnd() throws IOException {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("the guest does not end:\n" + this);
      }
      listener.join();
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Warnings of its kernel about disks, but for the news that sessions and roles bring. */
  public List<String> diskWarnings() throws IOException {
    return Files.readAllLines(console).stream()
        .filter(line -> ABOUT_DISKS.matcher(line).find())
        .filter(line -> NEWS.stream().noneMatch(line::endsWith))
        .toList();
  }

  @Override
  public String toString() {
    return String.join("\n", said());
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
