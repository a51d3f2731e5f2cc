package io.tharsis.it.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where this checkout keeps what tests need. An immutable value. */
public final class Checkout {

  private static final List<String> JVM_FLAGS =
      List.of(
          "-XX:+UseZGC",
          "-Xmx1g",
          "-XX:MaxDirectMemorySize=1g",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:TieredStopAtLevel=1",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED");

  private final Path home;

  private Checkout(Path home) {
    this.home = home;
  }

  /** The checkout that the working directory is in. */
  public static Checkout find() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isExecutable(at.resolve("tharsis")) && Files.isDirectory(at.resolve("it"))) {
        return new Checkout(at);
      }
    }
    throw new IllegalStateException("not inside a checkout: " + Path.of("").toAbsolutePath());
  }

  /** The top folder. */
  public Path home() {
    return home;
  }

  /** The launcher, {@code ./tharsis}. */
  public Path launcher() {
    return home.resolve("tharsis");
  }

  /**
   * The words that become the same daemon as {@code ./tharsis}, without its look at whether the
   * build is fresh and with the quick compiler only, for tests that start it a hundred times.
   */
  List<String> daemon() {
    Path jar = home.resolve("target-server/target/target-server.jar");
    Path libraries = home.resolve("target-server/target/lib");
    if (!Files.exists(jar) || !Files.isDirectory(libraries)) {
      throw new IllegalStateException("not built: " + jar + " (./mvnw -DskipTests package)");
    }
    return Stream.of(
            Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
            JVM_FLAGS.stream(),
            Stream.of("-cp", jar + File.pathSeparator + libraries + "/*", "io.tharsis.server.Main"))
        .flatMap(words -> words)
        .toList();
  }

  /** A new, empty directory below {@code it/work}; what an earlier run left there is removed. */
  public Path workDirectory(String name) throws IOException {
    Path directory = home.resolve("it/work").resolve(name);
    remove(directory);
    return Files.createDirectories(directory);
  }

  /** Removes a directory and all that is in it, where it exists. */
  public static void remove(Path directory) throws IOException {
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
