package io.tharsis.replication.trust;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@link TrustFiles} in memory that knows what is durable, and that can stop the world before any
 * step that changes something. Held to the contract of the real one.
 */
final class MemoryTrustFiles implements TrustFiles {

  /** The process ends here. */
  static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** What a power failure leaves of what was not synced. */
  enum Loss {
    /** Nothing is lost: a kill. */
    NOTHING,
    /** All of it is lost. */
    EVERYTHING,
    /** Names are there, contents are cut in half. */
    TORN
  }

  private static final class File {
    private byte[] content;
    private byte[] durable = {};
    private boolean synced;

    File(byte[] content) {
      this.content = content.clone();
    }
  }

  private TreeMap<String, File> entries = new TreeMap<>();
  private TreeMap<String, File> durableEntries = new TreeMap<>();
  private int steps;
  private int stopBefore = Integer.MAX_VALUE;
  private boolean lying;

  /** Stops before the step with this number, from 0. */
  void stopBefore(int step) {
    steps = 0;
    stopBefore = step;
  }

  /** From now on syncs of the directory only pretend: a planted bug. */
  void forgetDirectorySyncs() {
    lying = true;
  }

  int steps() {
    return steps;
  }

  /** What is found after the world has stopped. */
  MemoryTrustFiles restarted(Loss loss) {
    MemoryTrustFiles found = new MemoryTrustFiles();
    (loss == Loss.EVERYTHING ? durableEntries : entries)
        .forEach((name, file) -> found.entries.put(name, new File(left(file, loss))));
    found.entries.values().forEach(MemoryTrustFiles::makeDurable);
    found.durableEntries = new TreeMap<>(found.entries);
    return found;
  }

  private static byte[] left(File file, Loss loss) {
    return switch (loss) {
      case NOTHING -> file.content;
      case EVERYTHING -> file.durable;
      case TORN ->
          file.synced ? file.durable : Arrays.copyOf(file.content, file.content.length / 2);
    };
  }

  private static void makeDurable(File file) {
    file.durable = file.content;
    file.synced = true;
  }

  private void step() {
    if (steps == stopBefore) {
      throw new Stopped();
    }
    steps++;
  }

  private File existing(String name) throws NoSuchFileException {
    File file = entries.get(name);
    if (file == null) {
      throw new NoSuchFileException(name);
    }
    return file;
  }

  @Override
  public String path(String name) {
    return "memory/" + name;
  }

  @Override
  public synchronized List<String> names() {
    return List.copyOf(entries.keySet());
  }

  @Override
  public synchronized Optional<byte[]> read(String name) {
    return Optional.ofNullable(entries.get(name)).map(file -> file.content.clone());
  }

  @Override
  public synchronized void create(String name, byte[] content) throws FileAlreadyExistsException {
    step();
    if (entries.putIfAbsent(name, new File(content)) != null) {
      throw new FileAlreadyExistsException(name);
    }
  }

  @Override
  public synchronized void sync(String name) throws NoSuchFileException {
    step();
    makeDurable(existing(name));
  }

  @Override
  public synchronized void rename(String from, String to) throws NoSuchFileException {
    step();
    entries.put(to, existing(from));
    entries.remove(from);
  }

  @Override
  public synchronized void delete(String name) {
    step();
    entries.remove(name);
  }

  @Override
  public synchronized void syncDirectory() {
    step();
    if (!lying) {
      durableEntries = new TreeMap<>(entries);
    }
  }
}
