package io.tharsis.logfiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.MappedBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kinds of chronicle buffers work with the build's JVM flags and without its statistics jar.
 */
final class ChronicleTest {

  @Test
  void sendsNoStatistics() {
    assertThatThrownBy(() -> Class.forName("net.openhft.chronicle.analytics.Analytics"))
        .isInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void offHeapBuffersGrow() {
    Bytes<Void> bytes = Bytes.allocateElasticDirect(16);
    try {
      for (long value = 0; value < 100; value++) {
        bytes.writeLong(value);
      }
      assertThat(bytes.readLong(99 * Long.BYTES)).isEqualTo(99);
    } finally {
      bytes.releaseLast();
    }
  }

  @Test
  void filesCanBeMapped(@TempDir Path directory) throws IOException {
    try (MappedBytes mapped =
        MappedBytes.mappedBytes(directory.resolve("mapped").toFile(), 64 << 10)) {
      mapped.writeLong(0, 42);
      assertThat(mapped.readLong(0)).isEqualTo(42);
    }
  }
}
