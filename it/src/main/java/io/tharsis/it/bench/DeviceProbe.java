package io.tharsis.it.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * What the file system gives to one writer: 128 KiB sequential O_DSYNC writes over a file that is
 * allocated already.
 */
final class DeviceProbe {

  private static final int CHUNK_BYTES = 128 * 1024;
  private static final long FILE_BYTES = 256L << 20;

  private final Path file;

  /** The file is made at the first {@link #megabytesPerSecond}. */
  DeviceProbe(Path directory) {
    file = directory.resolve("device-probe");
  }

  /** Measures for that long. */
  double megabytesPerSecond(Duration duration) throws IOException {
    if (!Files.exists(file)) {
      DiskFile.write(file, FILE_BYTES);
    }
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    long written = 0;
    long begin = System.nanoTime();
    long end = begin + duration.toNanos();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.DSYNC)) {
      while (System.nanoTime() < end) {
        chunk.clear();
        written += channel.write(chunk, written % FILE_BYTES);
      }
    }
    return written * 1e3 / (System.nanoTime() - begin);
  }
}
