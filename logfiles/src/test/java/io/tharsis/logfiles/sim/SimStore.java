package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.NoSpaceException;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.util.List;

/** A simulated directory as one incarnation uses it. */
public final class SimStore implements Store {

  // zeros are written at about a gigabyte a second
  private static final long FILL_BYTES_PER_NANO = 1;

  @FunctionalInterface
  private interface Effect<T> {
    T take() throws IOException;
  }

  private final SimDirectory directory;
  private final SimOwner owner;

  SimStore(SimDirectory directory, SimOwner owner) {
    this.directory = directory;
    this.owner = owner;
  }

  @Override
  public String name() {
    return directory.name();
  }

  @Override
  public Async<List<String>> list() {
    return start(
        "list",
        0,
        () -> {
          strike(Fault.LIST_ERROR, "");
          return directory.files();
        });
  }

  @Override
  public Async<Disk> create(String file, long sizeBytes) {
    checkName(file);
    Invariant.check(sizeBytes > 0, "size of a new file", sizeBytes);
    long bytes = (long) SimMedium.blocks(sizeBytes) * SimContent.BLOCK_BYTES;
    return start(
        "create",
        bytes / FILL_BYTES_PER_NANO,
        () -> {
          checkAbsent(file);
          strike(Fault.CREATE_ERROR, file);
          if (!directory.space().take(bytes)) {
            throw new NoSpaceException(name() + "/" + file + ": No space left on device");
          }
          return directory.create(file, sizeBytes).openNow(owner);
        });
  }

  @Override
  public Async<Disk> open(String file) {
    checkName(file);
    return start(
        "open",
        0,
        () -> {
          checkPresent(file);
          strike(Fault.OPEN_ERROR, file);
          checkUnused(file);
          return directory.medium(file).openNow(owner);
        });
  }

  @Override
  public Async<Void> rename(String from, String to) {
    checkName(from);
    checkName(to);
    return startVoid(
        "rename",
        () -> {
          checkPresent(from);
          checkAbsent(to);
          strike(Fault.RENAME_ERROR, from);
          directory.rename(from, to);
        });
  }

  @Override
  public Async<Void> delete(String file) {
    checkName(file);
    return startVoid(
        "delete",
        () -> {
          checkPresent(file);
          checkUnused(file);
          strike(Fault.DELETE_ERROR, file);
          directory.delete(file);
        });
  }

  @Override
  public Async<Void> syncDirectory() {
    int changes = directory.unsyncedChanges();
    return startVoid(
        "sync",
        () -> {
          strike(Fault.DIRECTORY_SYNC_ERROR, "");
          directory.sync(Math.min(changes, directory.unsyncedChanges()));
        });
  }

  @Override
  public Async<Long> freeBytes() {
    return start("free", 0, () -> directory.space().freeBytes());
  }

  @Override
  public Async<Void> lock() {
    return startVoid(
        "lock",
        () -> {
          if (!directory.tryLock()) {
            throw directory.failure("lock", "already in use");
          }
        });
  }

  @Override
  public Async<Void> unlock() {
    return startVoid("unlock", directory::unlock);
  }

  private void checkPresent(String file) throws IOException {
    if (!directory.has(file)) {
      throw directory.failure(file, "No such file or directory");
    }
  }

  private void checkAbsent(String file) throws IOException {
    if (directory.has(file)) {
      throw directory.failure(file, "File exists");
    }
  }

  private void checkUnused(String file) throws IOException {
    if (directory.medium(file).isOpen()) {
      throw directory.failure(file, "already in use");
    }
  }

  private void strike(Fault fault, String file) throws IOException {
    if (directory.faults().strikes(fault)) {
      throw directory.failure(file, "Input/output error");
    }
  }

  private static void checkName(String file) {
    boolean plain = !file.isEmpty() && !file.startsWith(".") && file.indexOf('/') < 0;
    Invariant.check(
        plain && !file.equals("lock") && !file.endsWith(".creating"), "name of a file", file);
  }

  @FunctionalInterface
  private interface VoidEffect {
    void take() throws IOException;
  }

  private Async<Void> startVoid(String operation, VoidEffect effect) {
    Async<Void> result = new Async<>();
    run(
        operation,
        0,
        result,
        () -> {
          effect.take();
          return () -> result.succeed(null);
        });
    return result;
  }

  private <T> Async<T> start(String operation, long extraNanos, Effect<T> effect) {
    Async<T> result = new Async<>();
    run(
        operation,
        extraNanos,
        result,
        () -> {
          T value = effect.take();
          return () -> result.succeed(value);
        });
    return result;
  }

  private void run(String operation, long extraNanos, Async<?> result, Effect<Runnable> effect) {
    Invariant.check(owner.isCurrent(), "not on the owner of the store");
    directory.run(
        operation,
        extraNanos,
        () -> {
          try {
            owner.execute(effect.take());
          } catch (IOException e) {
            owner.execute(() -> result.fail(e));
          }
        });
  }
}
