package io.tharsis.server.cluster;

import io.tharsis.replication.control.HostPort;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Where a node once found its cluster: the file {@code seeds}, one {@code HOST:PORT} a line. Needed
 * when a node starts that has joined, but was stopped before it had heard of anybody. Blocks; one
 * caller at a time.
 */
record Seeds(Path data) {

  private static final String FILE = "seeds";
  private static final String UNFINISHED = "seeds.creating";

  /** What is remembered; lines that are no address are left out. */
  List<HostPort> all() throws IOException {
    try {
      return Files.readAllLines(data.resolve(FILE)).stream()
          .flatMap(line -> HostPort.parse(line.strip()).stream())
          .toList();
    } catch (NoSuchFileException none) {
      return List.of();
    }
  }

  /** Remembers one, in place of what was; durable when this returns. */
  void remember(HostPort seed) throws IOException {
    Path unfinished = data.resolve(UNFINISHED);
    Files.writeString(unfinished, seed + "\n", StandardCharsets.US_ASCII);
    force(unfinished, StandardOpenOption.WRITE);
    Files.move(unfinished, data.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    force(data, StandardOpenOption.READ);
  }

  /** Forgets them, for a node that is in no cluster any more. */
  void forget() throws IOException {
    Files.deleteIfExists(data.resolve(FILE));
  }

  private static void force(Path path, StandardOpenOption access) throws IOException {
    try (FileChannel channel = FileChannel.open(path, access)) {
      channel.force(true);
    }
  }
}
