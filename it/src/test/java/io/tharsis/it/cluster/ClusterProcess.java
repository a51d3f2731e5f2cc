package io.tharsis.it.cluster;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.Program;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A running {@code tharsis node}, started by the launcher. Its stdout is listened to; its stderr is
 * appended to a file beside its data directory. Ended by {@link #close}, or with this JVM.
 */
final class ClusterProcess implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(90);
  private static final Duration KILL_LIMIT = Duration.ofSeconds(30);
  private static final String NODE = "ready node ";
  private static final String LUN = "ready iscsi:";

  private final Process process;
  private final Path diagnostics;
  private final Thread hook;
  private final List<String> lines = new ArrayList<>();
  private boolean ended;

  private ClusterProcess(Process process, Path diagnostics) {
    this.process = process;
    this.diagnostics = diagnostics;
    this.hook = Thread.ofPlatform().unstarted(process::destroyForcibly);
  }

  /** Starts it and does not wait for anything. */
  static ClusterProcess start(Path data, Place place) throws IOException {
    Path diagnostics = data.resolveSibling(data.getFileName() + ".txt");
    List<String> words = new ArrayList<>(place.entrance());
    words.addAll(List.of(Checkout.find().launcher().toString(), "node", "--data", data.toString()));
    Process process =
        new ProcessBuilder(Program.guarded(words))
            .redirectError(ProcessBuilder.Redirect.appendTo(diagnostics.toFile()))
            .redirectInput(new File("/dev/null"))
            .start();
    ClusterProcess node = new ClusterProcess(process, diagnostics);
    Runtime.getRuntime().addShutdownHook(node.hook);
    Thread.ofVirtual().start(node::listen);
    return node;
  }

  private void listen() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        heard(line);
      }
    } catch (IOException | UncheckedIOException gone) {
      // its end of the pipe is gone: it was killed
    } finally {
      end();
    }
  }

  private synchronized void heard(String line) {
    lines.add(line);
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Waits until it can be operated. */
  void awaitNode() throws IOException {
    String _ = await(NODE, "");
  }

  /** Waits until initiators can reach a resource. */
  IscsiUrl awaitLun(String resource) throws IOException {
    return IscsiUrl.parse(await(LUN, ":" + resource + "/0").substring("ready ".length()));
  }

  private synchronized String await(String begin, String end) throws IOException {
    long until = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      Optional<String> found =
          lines.stream().filter(one -> one.startsWith(begin) && one.endsWith(end)).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
      if (ended || left <= 0) {
        throw new IOException("no line '" + begin + "..." + end + "': " + said());
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
  }

  /** What it, and those before it with this data directory, have said on stderr. */
  String said() throws IOException {
    return Files.readString(diagnostics);
  }

  /** SIGSTOP: it is there, and silent. */
  void freeze() throws IOException {
    signal("STOP");
  }

  /** SIGCONT. */
  void thaw() throws IOException {
    signal("CONT");
  }

  private void signal(String name) throws IOException {
    String _ = Program.of("kill", "-" + name, process.pid()).run(KILL_LIMIT).ok();
  }

  /** SIGKILL; returns when it is gone. */
  void kill() throws IOException {
    process.destroyForcibly();
    int _ = awaitExit(KILL_LIMIT);
  }

  /** SIGTERM, and the exit status that follows. */
  int stop() throws IOException {
    process.destroy();
    return awaitExit(STOP_LIMIT);
  }

  private int awaitExit(Duration limit) throws IOException {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("does not end within " + limit + ": " + said());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IOException("interrupted", e);
  }

  @Override
  public void close() throws IOException {
    kill();
    boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
  }
}
