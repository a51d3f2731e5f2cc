package io.tharsis.it.trouble;

import io.tharsis.it.process.Condition;
import io.tharsis.it.process.Program;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A file system of a few MiB that only the processes of one mount namespace see. A program of its
 * own holds the namespace, so that a node can be started in it again. Needs root.
 */
final class SmallFileSystem implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Program.Running holder;
  private final Path mountPoint;

  /** Mounts it on an existing directory. */
  SmallFileSystem(Path mountPoint, long bytes) throws IOException {
    this.mountPoint = mountPoint;
    String script =
        "mount -t tmpfs -o size=\"$1\" tharsis-it \"$2\" && touch \"$2/mounted\" && exec sleep infinity";
    holder = Program.of("unshare", "--mount", "sh", "-c", script, "sh", bytes, mountPoint).start();
    Condition.await(
        "a tmpfs on "
            + mountPoint
            + ", which needs root: run the test as root, or without it"
            + " with -Dtharsis.it.root=no",
        LIMIT,
        () -> Files.exists(seen(mountPoint.resolve("mounted"))));
  }

  /** Words in front of a command that make it see the file system. */
  List<String> entrance() {
    return List.of("nsenter", "--mount", "--target", Long.toString(holder.process().pid()), "--");
  }

  /** The path by which this process sees a file that is there. */
  Path seen(Path file) {
    return Path.of("/proc", Long.toString(holder.process().pid()), "root" + file);
  }

  /** Takes all the space that is left, but for so many bytes. */
  void fill(long leftBytes) throws IOException {
    Path foreign = seen(mountPoint.resolve("foreign"));
    long free = Files.getFileStore(foreign.getParent()).getUsableSpace();
    byte[] chunk = new byte[64 << 10];
    try (OutputStream out = Files.newOutputStream(foreign)) {
      for (long left = free - leftBytes; left >= chunk.length; left -= chunk.length) {
        out.write(chunk);
      }
    }
  }

  /** Gives the space back. */
  void empty() throws IOException {
    Files.delete(seen(mountPoint.resolve("foreign")));
  }

  @Override
  public void close() throws IOException {
    holder.process().destroyForcibly();
    holder.await(LIMIT);
  }
}
