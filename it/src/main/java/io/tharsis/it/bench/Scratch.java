package io.tharsis.it.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory that is gone when the benchmark is, also after Ctrl-C. Closing deletes it. */
final class Scratch implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Path directory;
  private final Thread hook = Thread.ofPlatform().unstarted(this::deleteInHook);

  /** Makes {@code bench-*} in {@code parent}, which exists. */
  Scratch(Path parent) throws IOException {
    directory = Files.createTempDirectory(parent, "bench-");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    delete();
    Runtime.getRuntime().removeShutdownHook(hook);
  }

  /**
   * Hooks run side by side: a child that is being killed may still make files, so this tries until
   * it has worked.
   */
  private void deleteInHook() {
    try {
      if (!Loopback.await(LIMIT, this::isDeleted)) {
        System.err.println("left behind: " + directory);
      }
    } catch (IOException e) {
      System.err.println("left behind: " + directory + ": " + e);
    }
  }

  private boolean isDeleted() {
    try {
      delete();
      return true;
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  private void delete() throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(directory)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
