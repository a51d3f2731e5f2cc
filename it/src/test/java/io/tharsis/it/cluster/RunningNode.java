package io.tharsis.it.cluster;

import io.tharsis.it.initiator.IscsiUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A {@code tharsis node} that was started, wherever it runs. What it says on stdout is kept here,
 * what it says on stderr is appended to a file beside its data directory. Ended by {@link #close}.
 */
abstract class RunningNode implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final String NODE = "ready node ";
  private static final String LUN = "ready iscsi:";

  private final Path diagnostics;
  private final List<String> lines = new ArrayList<>();
  private boolean ended;

  RunningNode(Path data) {
    diagnostics = diagnostics(data);
  }

  /** Where the nodes of a data directory say on stderr what they have to. */
  static Path diagnostics(Path data) {
    return data.resolveSibling(data.getFileName() + ".txt");
  }

  /** For those who listen: a line of its stdout. */
  final synchronized void heard(String line) {
    lines.add(line);
    notifyAll();
  }

  /** For those who listen: it says nothing more. */
  final synchronized void ended() {
    ended = true;
    notifyAll();
  }

  /** Waits until it can be operated. */
  final void awaitNode() throws IOException {
    String _ = await(NODE, "");
  }

  /** Waits until initiators can reach a resource, and gives the place that it has announced. */
  final IscsiUrl awaitLun(String resource) throws IOException {
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

  static IOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IOException("interrupted", e);
  }

  /** What it, and those before it with this data directory, have said on stderr. */
  final String said() throws IOException {
    return Files.readString(diagnostics);
  }

  /** Makes it silent, with all its connections left as they are. */
  abstract void freeze() throws IOException;

  /** Ends {@link #freeze}. */
  abstract void thaw() throws IOException;

  /** SIGKILL; returns when it is gone. */
  abstract void kill() throws IOException;

  /** SIGTERM, and the exit status that follows. */
  abstract int stop() throws IOException;

  @Override
  public abstract void close() throws IOException;
}
