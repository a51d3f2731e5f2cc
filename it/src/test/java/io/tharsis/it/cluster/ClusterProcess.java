package io.tharsis.it.cluster;

import io.tharsis.it.process.Program;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A node that is a process of this host, started by the launcher. Ended by {@link #close}, or with
 * this JVM.
 */
final class ClusterProcess extends RunningNode {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(90);
  private static final Duration KILL_LIMIT = Duration.ofSeconds(30);

  private final Process process;
  private final Thread hook;

  private ClusterProcess(Process process, Path data) {
    super(data);
    this.process = process;
    this.hook = Thread.ofPlatform().unstarted(process::destroyForcibly);
  }

  /**
   * Starts it and does not wait for anything.
   *
   * @param words that become the node
   * @param shortLived whether it is not worth while to compile it as well as can be, which takes
   *     longer than most tests
   */
  static ClusterProcess start(Path data, List<String> words, boolean shortLived)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(Program.guarded(words))
            .redirectError(ProcessBuilder.Redirect.appendTo(diagnostics(data).toFile()))
            .redirectInput(new File("/dev/null"));
    if (shortLived) {
      String _ = builder.environment().putIfAbsent("THARSIS_JVM_OPTS", "-XX:TieredStopAtLevel=1");
    }
    Process process = builder.start();
    ClusterProcess node = new ClusterProcess(process, data);
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
      ended();
    }
  }

  @Override
  void freeze() throws IOException {
    signal("STOP");
  }

  @Override
  void thaw() throws IOException {
    signal("CONT");
  }

  private void signal(String name) throws IOException {
    String _ = Program.of("kill", "-" + name, process.pid()).run(KILL_LIMIT).ok();
  }

  @Override
  void kill() throws IOException {
    process.destroyForcibly();
    int _ = awaitExit(KILL_LIMIT);
  }

  @Override
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

  @Override
  public void close() throws IOException {
    kill();
    boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
  }
}
