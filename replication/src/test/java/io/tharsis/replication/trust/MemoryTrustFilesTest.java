package io.tharsis.replication.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The fake is held to the contract, and loses what it should. */
class MemoryTrustFilesTest extends TrustFilesContract {

  @Override
  TrustFiles files() {
    return new MemoryTrustFiles();
  }

  @Test
  void onlyWhatWasSyncedSurvives() throws Exception {
    MemoryTrustFiles files = new MemoryTrustFiles();
    files.create("a", new byte[] {1, 2});
    assertThat(files.restarted(MemoryTrustFiles.Loss.NOTHING).read("a")).hasValue(bytes(1, 2));
    assertThat(files.restarted(MemoryTrustFiles.Loss.TORN).read("a")).hasValue(bytes(1));
    assertThat(files.restarted(MemoryTrustFiles.Loss.EVERYTHING).read("a")).isEmpty();
    files.syncDirectory();
    assertThat(files.restarted(MemoryTrustFiles.Loss.EVERYTHING).read("a")).hasValue(bytes());
    files.sync("a");
    assertThat(files.restarted(MemoryTrustFiles.Loss.EVERYTHING).read("a")).hasValue(bytes(1, 2));
    files.delete("a");
    assertThat(files.restarted(MemoryTrustFiles.Loss.EVERYTHING).names()).containsExactly("a");
  }

  @Test
  void itStopsWhereItIsTold() throws Exception {
    MemoryTrustFiles files = new MemoryTrustFiles();
    files.stopBefore(1);
    files.create("a", bytes());
    assertThatThrownBy(() -> files.create("b", bytes()))
        .isInstanceOf(MemoryTrustFiles.Stopped.class);
    assertThat(files.names()).containsExactly("a");
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
