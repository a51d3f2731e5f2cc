package io.tharsis.server.node;

import io.tharsis.logfiles.log.WriterIdentity;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Who this node is: an id that its data directory keeps, and one more for each start. */
final class NodeIdentity {

  private static final String FILE = "node-id";
  private static final String UNFINISHED = "node-id.creating";

  private NodeIdentity() {}

  /**
   * The identity in a data directory, which must be locked; a new directory gets one. Blocks.
   *
   * @param incarnation id of this start
   */
  static WriterIdentity of(Path data, UUID incarnation) throws IOException {
    Path file = data.resolve(FILE);
    if (!Files.exists(file)) {
      create(data, file);
    }
    String text = Files.readString(file).strip();
    try {
      return new WriterIdentity(UUID.fromString(text), HostName.whole(), incarnation);
    } catch (IllegalArgumentException damaged) {
      throw new RefusedException(
          Refusal.host(
              "node-id-damaged",
              file + " does not hold the id of a node: '" + text + "'",
              "restore it from a backup, or remove it to give this node a new id"));
    }
  }

  private static void create(Path data, Path file) throws IOException {
    Path unfinished = data.resolve(UNFINISHED);
    String text = UUID.randomUUID() + "\n";
    Files.write(unfinished, text.getBytes(StandardCharsets.US_ASCII));
    force(unfinished, StandardOpenOption.WRITE);
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    force(data, StandardOpenOption.READ);
  }

  private static void force(Path path, StandardOpenOption access) throws IOException {
    try (FileChannel channel = FileChannel.open(path, access)) {
      channel.force(true);
    }
  }
}
