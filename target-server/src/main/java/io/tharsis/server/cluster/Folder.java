package io.tharsis.server.cluster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Directories of this program, which have no directories in them. Blocks. */
final class Folder {

  private static final int ATTEMPTS = 100;

  private Folder() {}

  /**
   * Removes a directory with its files, durably, if it is there. Whoever had it open may still be
   * making or removing some of them. What is left after a crash in it is removed the next time.
   */
  static void remove(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    for (int attempt = 1; !isRemoved(directory); attempt++) {
      if (attempt == ATTEMPTS) {
        throw new IOException(directory + " does not get empty: somebody makes files in it");
      }
    }
    try (FileChannel parent = FileChannel.open(directory.getParent(), StandardOpenOption.READ)) {
      parent.force(true);
    }
  }

  private static boolean isRemoved(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(directory)) {
      files = found.toList();
    }
    for (Path file : files) {
      boolean _ = Files.deleteIfExists(file);
    }
    try {
      Files.delete(directory);
      return true;
    } catch (DirectoryNotEmptyException another) {
      return false;
    }
  }
}
