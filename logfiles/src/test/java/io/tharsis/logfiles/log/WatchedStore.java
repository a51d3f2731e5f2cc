package io.tharsis.logfiles.log;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A directory that remembers what was done to its files, in the order in which it was begun. */
final class WatchedStore implements Store {

  /** An operation on a file, with the name it was opened or created under. */
  sealed interface Operation {
    String file();

    record Write(String file, Range range, Durability durability) implements Operation {}

    record Sync(String file) implements Operation {}
  }

  private final Store store;
  final List<Operation> operations = new ArrayList<>();

  WatchedStore(Store store) {
    this.store = store;
  }

  List<Operation.Write> writes() {
    return operations.stream()
        .filter(Operation.Write.class::isInstance)
        .map(Operation.Write.class::cast)
        .toList();
  }

  long syncs() {
    return operations.stream().filter(Operation.Sync.class::isInstance).count();
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public Async<List<String>> list() {
    return store.list();
  }

  @Override
  public Async<Disk> create(String file, long sizeBytes) {
    return store.create(file, sizeBytes).map(disk -> new WatchedDisk(file, disk));
  }

  @Override
  public Async<Disk> open(String file) {
    return store.open(file).map(disk -> new WatchedDisk(file, disk));
  }

  @Override
  public Async<Void> rename(String from, String to) {
    return store.rename(from, to);
  }

  @Override
  public Async<Void> delete(String file) {
    return store.delete(file);
  }

  @Override
  public Async<Void> syncDirectory() {
    return store.syncDirectory();
  }

  @Override
  public Async<Long> freeBytes() {
    return store.freeBytes();
  }

  @Override
  public Async<Void> lock() {
    return store.lock();
  }

  @Override
  public Async<Void> unlock() {
    return store.unlock();
  }

  private final class WatchedDisk implements Disk {
    private final String file;
    private final Disk disk;

    WatchedDisk(String file, Disk disk) {
      this.file = file;
      this.disk = disk;
    }

    @Override
    public String name() {
      return disk.name();
    }

    @Override
    public long sizeBytes() {
      return disk.sizeBytes();
    }

    @Override
    public String identity() {
      return disk.identity();
    }

    @Override
    public void read(ByteBuffer into, long offset, Completion done) {
      disk.read(into, offset, done);
    }

    @Override
    public void write(List<Extent> extents, Durability durability, Completion done) {
      for (Extent extent : extents) {
        Range range = new Range(extent.offset(), extent.offset() + extent.lengthBytes());
        operations.add(new Operation.Write(file, range, durability));
      }
      disk.write(extents, durability, done);
    }

    @Override
    public void sync(Completion done) {
      operations.add(new Operation.Sync(file));
      disk.sync(done);
    }

    @Override
    public void punch(Range range, Completion done) {
      disk.punch(range, done);
    }

    @Override
    public Async<List<Range>> allocated() {
      return disk.allocated();
    }

    @Override
    public Async<Long> freeBytes() {
      return disk.freeBytes();
    }

    @Override
    public Async<Void> close() {
      return disk.close();
    }
  }
}
