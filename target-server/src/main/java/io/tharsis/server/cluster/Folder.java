package io.tharsis.server.cluster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Directories of this program, which have no directories in them. Blocks. */
final class Folder {

  private Folder() {}

  /**
   * Removes a directory with its files, durably, if it is there. What is left after a crash in it
   * is removed the next time.
   */
  static void remove(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> found = Files.list(directory)) {
      files = found.toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
    Files.delete(directory);
    try (FileChannel parent = FileChannel.open(directory.getParent(), StandardOpenOption.READ)) {
      parent.force(true);
    }
  }
}
