package io.tharsis.server.node;

import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RequestForm;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/** Reads one {@code NAME=DISKFILE[,size=1GiB][,cache=durable|flush]}, with all that is wrong. */
final class ResourceArgument {

  static final String FORM = "NAME=DISKFILE[,size=1GiB][,cache=durable|flush]";

  private final String word;
  private final Consumer<Refusal> problems;
  private final Set<String> seen = new HashSet<>();
  private OptionalLong sizeBytes = OptionalLong.empty();
  private WriteCache writeCache = WriteCache.DURABLE;
  private boolean sound = true;

  private ResourceArgument(String word, Consumer<Refusal> problems) {
    this.word = word;
    this.problems = problems;
  }

  /** The resource, unless something was wrong. */
  static Optional<ResourceSpec> parse(String word, Consumer<Refusal> problems) {
    return new ResourceArgument(word, problems).parse();
  }

  private Optional<ResourceSpec> parse() {
    int equals = word.indexOf('=');
    List<String> parts = List.of(word.substring(equals + 1).split(",", -1));
    if (equals < 0 || parts.getFirst().isEmpty()) {
      wrong("resource-form", "names no disk", "--resource " + FORM);
      return Optional.empty();
    }
    String name = word.substring(0, equals);
    if (!RequestForm.isResourceName(name)) {
      wrong(
          "resource-name",
          "has the name '" + name + "', which cannot be part of an iSCSI name",
          "1 to 64 lower-case letters, digits, dots and dashes, not beginning with a dot or dash");
    }
    parts.stream().skip(1).forEach(this::readOption);
    Optional<Path> disk = readPath(parts.getFirst());
    return sound
        ? disk.map(path -> new ResourceSpec(name, path, sizeBytes, writeCache))
        : Optional.empty();
  }

  private Optional<Path> readPath(String text) {
    try {
      return Optional.of(Path.of(text).toAbsolutePath().normalize());
    } catch (InvalidPathException invalid) {
      wrong("resource-disk", "names a disk that is no path", "--resource " + FORM);
      return Optional.empty();
    }
  }

  private void readOption(String option) {
    String key = option.split("=", 2)[0];
    if (!seen.add(key)) {
      wrong("resource-option", "says " + key + " twice", "--resource " + FORM);
    }
    switch (key) {
      case "size" -> readSize(option.substring(key.length()));
      case "cache" -> readCache(option);
      case String other ->
          wrong("resource-option", "has the unknown option '" + other + "'", "--resource " + FORM);
    }
  }

  private void readSize(String value) {
    sizeBytes = value.isEmpty() ? OptionalLong.empty() : DataSize.parse(value.substring(1));
    if (sizeBytes.isEmpty()
        || sizeBytes.getAsLong() == 0
        || sizeBytes.getAsLong() % RequestForm.SIZE_UNIT_BYTES != 0) {
      wrong(
          "resource-size",
          "has the size '" + (value.isEmpty() ? "" : value.substring(1)) + "'",
          "a multiple of 512 bytes such as size=1GiB (units KiB, MiB, GiB, TiB)");
    }
  }

  private void readCache(String option) {
    switch (option) {
      case "cache=durable" -> writeCache = WriteCache.DURABLE;
      case "cache=flush" -> writeCache = WriteCache.FLUSH;
      case String other -> wrong("resource-cache", "says " + other, "cache=durable or cache=flush");
    }
  }

  private void wrong(String code, String what, String next) {
    sound = false;
    problems.accept(Refusal.usage(code, "--resource " + word + " " + what, next));
  }
}
