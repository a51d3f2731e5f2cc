package io.tharsis.logfiles.host;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory of this host. Lives on its owner. Entry operations run one after the other on one
 * thread; the filling of new files runs beside them on another.
 *
 * <p>A file being created is called {@code NAME.creating} until it is whole, so that a crash leaves
 * no part of it under its name; {@link #lock} removes what a crash left. These names and {@code
 * lock} are reserved and not listed.
 */
public final class HostStore implements Store {

  private static final String LOCK = "lock";
  private static final String CREATING = ".creating";
  // small enough that what a log writes durably meanwhile does not wait for a pile of zeros
  private static final long FILL_SYNC_BYTES = 1L << 20;
  private static final int NOT_LOCKED = -1;

  private final Path directory;
  private final Owner owner;
  private final IoThreads threads;
  private final HostDisk.Options options;
  private final int descriptor;
  // only touched by the one thread for entries
  private int lockDescriptor = NOT_LOCKED;

  private HostStore(
      Path directory, Owner owner, IoThreads threads, HostDisk.Options options, int descriptor) {
    this.directory = directory;
    this.owner = owner;
    this.threads = threads;
    this.options = options;
    this.descriptor = descriptor;
  }

  /**
   * Opens a directory; for writing it is made, durably, if it does not exist. Call it on the owner.
   *
   * @param options how the files in it are opened
   */
  public static Async<HostStore> open(
      Path directory, Owner owner, IoThreads threads, HostDisk.Options options) {
    return threads.call(
        threads.entries(),
        owner,
        scratch -> {
          if (options.access() == HostDisk.Access.READ_WRITE) {
            makeDirectory(scratch, directory.toAbsolutePath().normalize());
          }
          int fd = openDirectory(scratch, directory);
          return new HostStore(directory, owner, threads, options, fd);
        });
  }

  private static void makeDirectory(Scratch scratch, Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.getParent();
    makeDirectory(scratch, parent);
    Files.createDirectory(directory);
    int fd = openDirectory(scratch, parent);
    long result = Libc.fsync(scratch, fd);
    Libc.close(scratch, fd);
    Errno.check(parent.toString(), result);
  }

  private static int openDirectory(Scratch scratch, Path path) throws IOException {
    int flags = Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC;
    String name = path.toString();
    return (int) Errno.check(name, Libc.openat(scratch, Libc.AT_FDCWD, name, flags));
  }

  @Override
  public String name() {
    return directory.toString();
  }

  @Override
  public Async<List<String>> list() {
    return entry(scratch -> {
      try (Stream<Path> files = Files.list(directory)) {
        return files
            .map(file -> file.getFileName().toString())
            .filter(file -> !file.equals(LOCK) && !file.endsWith(CREATING))
            .sorted()
            .toList();
      }
    });
  }

  @Override
  public Async<Disk> create(String file, long sizeBytes) {
    checkName(file);
    Invariant.check(sizeBytes > 0, "size of a new file", sizeBytes);
    return threads
        .call(threads.filling(), owner, scratch -> createWhole(scratch, file, sizeBytes))
        .map(made -> new HostDisk(made, owner, threads));
  }

  private HostFile createWhole(Scratch scratch, String file, long sizeBytes) throws IOException {
    String name = nameOf(file);
    String half = file + CREATING;
    if (Files.exists(directory.resolve(file))) {
      throw new IOException(name + ": exists already");
    }
    int flags = Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL | Libc.O_CLOEXEC;
    int fd = (int) Errno.check(name, Libc.openat(scratch, descriptor, half, flags));
    try {
      HostFile.lock(scratch, fd, name);
      fill(scratch, fd, name, sizeBytes);
      HostFile whole = HostFile.adopt(scratch, fd, name, options);
      long renamed = Libc.rename(scratch, descriptor, half, file);
      if (renamed < 0) {
        whole.closeDirect(scratch);
      }
      Errno.check(name, renamed);
      return whole;
    } catch (IOException e) {
      Libc.close(scratch, fd);
      Libc.unlink(scratch, descriptor, half);
      throw e;
    }
  }

  private static void fill(Scratch scratch, int fd, String name, long sizeBytes)
      throws IOException {
    // first all the space at once, so that its absence shows before any work is done
    long result = Libc.fallocate(scratch, fd, 0, 0, sizeBytes);
    if (result != -Errno.EOPNOTSUPP) {
      Errno.check(name, result);
    }
    HostFile file = HostFile.adopt(scratch, fd, name, HostDisk.Options.BUFFERED);
    for (long at = 0; at < sizeBytes; at += FILL_SYNC_BYTES) {
      file.zero(scratch, new Range(at, Math.min(at + FILL_SYNC_BYTES, sizeBytes)));
      file.sync(scratch);
    }
  }

  @Override
  public Async<Disk> open(String file) {
    checkName(file);
    return entry(scratch -> HostFile.open(scratch, descriptor, file, nameOf(file), options))
        .map(opened -> new HostDisk(opened, owner, threads));
  }

  @Override
  public Async<Void> rename(String from, String to) {
    checkName(from);
    checkName(to);
    String name = nameOf(from) + " to " + to;
    return entry(scratch -> {
      Errno.check(name, Libc.rename(scratch, descriptor, from, to));
      return null;
    });
  }

  @Override
  public Async<Void> delete(String file) {
    checkName(file);
    return entry(scratch -> {
      // opening it for writing fails if anybody has it open
      HostFile unused =
          HostFile.open(scratch, descriptor, file, nameOf(file), HostDisk.Options.BUFFERED);
      long result = Libc.unlink(scratch, descriptor, file);
      unused.close(scratch);
      Errno.check(nameOf(file), result);
      return null;
    });
  }

  @Override
  public Async<Void> syncDirectory() {
    return entry(scratch -> {
      Errno.check(name(), Libc.fsync(scratch, descriptor));
      return null;
    });
  }

  @Override
  public Async<Long> freeBytes() {
    return entry(scratch -> HostFile.freeBytes(scratch, descriptor, name()));
  }

  @Override
  public Async<Void> lock() {
    return entry(scratch -> {
      int flags = Libc.O_RDWR | Libc.O_CREAT | Libc.O_CLOEXEC;
      String name = nameOf(LOCK);
      int fd = (int) Errno.check(name, Libc.openat(scratch, descriptor, LOCK, flags));
      try {
        HostFile.lock(scratch, fd, name);
        removeLeftovers();
      } catch (IOException e) {
        Libc.close(scratch, fd);
        throw e;
      }
      lockDescriptor = fd;
      return null;
    });
  }

  private void removeLeftovers() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().endsWith(CREATING)) {
          Files.delete(file);
        }
      }
    }
  }

  @Override
  public Async<Void> unlock() {
    return entry(scratch -> {
      Invariant.check(lockDescriptor != NOT_LOCKED, "unlocked without a lock");
      Libc.close(scratch, lockDescriptor);
      lockDescriptor = NOT_LOCKED;
      return null;
    });
  }

  /** Closes the directory and gives back its lock; the files are closed by who opened them. */
  public Async<Void> close() {
    return entry(scratch -> {
      if (lockDescriptor != NOT_LOCKED) {
        Libc.close(scratch, lockDescriptor);
        lockDescriptor = NOT_LOCKED;
      }
      Errno.check(name(), Libc.close(scratch, descriptor));
      return null;
    });
  }

  private <T> Async<T> entry(IoThreads.Work<T> work) {
    return threads.call(threads.entries(), owner, work);
  }

  private String nameOf(String file) {
    return directory.resolve(file).toString();
  }

  private static void checkName(String file) {
    boolean plain = !file.isEmpty() && !file.startsWith(".") && file.indexOf('/') < 0;
    Invariant.check(
        plain && !file.equals(LOCK) && !file.endsWith(CREATING), "name of a file", file);
  }
}
