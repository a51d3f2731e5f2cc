package io.tharsis.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories are removed, whoever else is still at work in them. */
class FolderTest {

  @TempDir private Path directory;

  @Test
  void itGoesWithItsFilesAndOnlyOnce() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("folder"));
    Files.writeString(folder.resolve("a"), "a");
    Folder.remove(folder);
    Folder.remove(folder);
    assertThat(folder).doesNotExist();
  }

  @Test
  void itGoesAlthoughSomebodyElseRemovesFilesFromIt() throws Exception {
    for (int round = 0; round < 20; round++) {
      Path folder = Files.createDirectory(directory.resolve("folder-" + round));
      for (int file = 0; file < 200; file++) {
        Files.createFile(folder.resolve("f" + file));
      }
      Thread other = Thread.ofVirtual().start(() -> removeAll(folder));
      Folder.remove(folder);
      other.join();
      assertThat(folder).doesNotExist();
    }
  }

  private static void removeAll(Path folder) {
    for (int file = 199; file >= 0; file--) {
      boolean _ = folder.resolve("f" + file).toFile().delete();
    }
  }
}
