package io.tharsis.it.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * The backing file of a logical unit, written in full so that every block is allocated before
 * anybody is measured.
 */
final class DiskFile {

  private static final int CHUNK_BYTES = 1 << 20;

  private DiskFile() {}

  /** Writes {@code bytes} of noise to a new file and syncs it. */
  static void write(Path file, long bytes) throws IOException {
    Files.deleteIfExists(file);
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    SplittableRandom random = new SplittableRandom(1);
    for (int at = 0; at < CHUNK_BYTES; at += Long.BYTES) {
      chunk.putLong(at, random.nextLong());
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long at = 0; at < bytes; at += CHUNK_BYTES) {
        chunk.putLong(0, at);
        chunk.clear().limit((int) Math.min(CHUNK_BYTES, bytes - at));
        while (chunk.hasRemaining()) {
          channel.write(chunk, at + chunk.position());
        }
      }
      channel.force(true);
    }
  }
}
