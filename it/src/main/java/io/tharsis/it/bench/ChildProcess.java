package io.tharsis.it.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process that must not outlive the benchmark: it is killed on close, in a shutdown hook, and,
 * where {@code setpriv} exists, by the kernel when the benchmark itself is killed. Its output goes
 * to a log file.
 */
public final class ChildProcess implements AutoCloseable {

  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
  private static final Duration TERM_LIMIT = Duration.ofSeconds(15);

  /** Kernel ticks of /proc/PID/stat: USER_HZ is 100 on every Linux architecture that runs this. */
  private static final long MICROS_PER_TICK = 10_000;

  private static final int UTIME_FIELD_AFTER_COMM = 11;

  private final Process process;
  private final Path log;
  private final boolean gently;
  private final Thread hook;

  private ChildProcess(Process process, Path log, boolean gently) {
    this.process = process;
    this.log = log;
    this.gently = gently;
    this.hook = Thread.ofPlatform().unstarted(this::kill);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Starts a command.
   *
   * @param log takes stdout and stderr
   * @param gently whether close tries SIGTERM before SIGKILL
   */
  static ChildProcess start(
      List<String> command, Map<String, String> environment, Path log, boolean gently)
      throws IOException {
    List<String> line = new ArrayList<>();
    if (Files.isExecutable(SETPRIV)) {
      line.addAll(List.of(SETPRIV.toString(), "--pdeathsig", "KILL", "--"));
    }
    line.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().putAll(environment);
    builder
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .redirectInput(new File("/dev/null"));
    return new ChildProcess(builder.start(), log, gently);
  }

  /** Whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Its id, which is the JVM's or the daemon's own: the launchers become what they start. */
  public long pid() {
    return process.pid();
  }

  Path log() {
    return log;
  }

  /** The first line of the log that begins so, where there is one yet. */
  Optional<String> logLine(String prefix) throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter(line -> line.startsWith(prefix)).findFirst();
    }
  }

  /**
   * CPU time, user and system, of the process, all its threads and its living descendants, in
   * microseconds.
   */
  long cpuMicros() throws IOException {
    long ticks = ticks(process.pid());
    for (ProcessHandle child : process.descendants().toList()) {
      ticks += ticks(child.pid());
    }
    return ticks * MICROS_PER_TICK;
  }

  private static long ticks(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[UTIME_FIELD_AFTER_COMM])
        + Long.parseLong(fields[UTIME_FIELD_AFTER_COMM + 1]);
  }

  @Override
  public void close() {
    if (gently) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
      awaitEnd();
    }
    kill();
    Runtime.getRuntime().removeShutdownHook(hook);
  }

  /** SIGKILL for it and its descendants; returns when it is gone. */
  public void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(TERM_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println("process " + process.pid() + " does not end; its log: " + log);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
