package io.tharsis.replication.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

/** What every {@link TrustFiles} does, the real one and the one in memory. */
abstract class TrustFilesContract {

  private static final byte[] ONE = {1};
  private static final byte[] TWO = {2, 2};

  abstract TrustFiles files() throws Exception;

  @Test
  void whatWasCreatedIsRead() throws Exception {
    TrustFiles files = files();
    files.create("b", TWO);
    files.create("a", ONE);
    files.sync("a");
    files.syncDirectory();
    assertThat(files.names()).containsExactly("a", "b");
    assertThat(files.read("a")).hasValue(ONE);
    assertThat(files.read("b")).hasValue(TWO);
    assertThat(files.read("c")).isEmpty();
    assertThat(files.path("a")).endsWith("a");
  }

  @Test
  void aNameIsCreatedOnce() throws Exception {
    TrustFiles files = files();
    files.create("a", ONE);
    assertThatThrownBy(() -> files.create("a", TWO)).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(files.read("a")).hasValue(ONE);
  }

  @Test
  void aRenameTakesThePlace() throws Exception {
    TrustFiles files = files();
    files.create("a", ONE);
    files.create("b", TWO);
    files.rename("b", "a");
    assertThat(files.names()).containsExactly("a");
    assertThat(files.read("a")).hasValue(TWO);
  }

  @Test
  void whatIsNotThereCanBeDeletedButNotSyncedOrRenamed() throws Exception {
    TrustFiles files = files();
    files.create("a", ONE);
    files.delete("a");
    files.delete("a");
    assertThat(files.names()).isEmpty();
    assertThatThrownBy(() -> files.sync("a")).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> files.rename("a", "b")).isInstanceOf(IOException.class);
  }
}
