package io.tharsis.logfiles.log;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.ForwardingDisk;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A directory as those see it who only look: each file is opened once, however often it is asked
 * for, all are closed together, and whoever tries to change something has a bug. Belongs to one
 * pass of an inspection.
 */
final class ReadOnlyStore implements Store {

  private final Store store;
  private final TreeMap<String, Disk> opened = new TreeMap<>();

  ReadOnlyStore(Store store) {
    this.store = store;
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
  public Async<Disk> open(String file) {
    return Optional.ofNullable(opened.get(file))
        .map(disk -> Async.<Disk>of(new SharedDisk(disk)))
        .orElseGet(() ->
            store
                .open(file)
                .map(disk -> {
                  opened.put(file, disk);
                  return new SharedDisk(disk);
                }));
  }

  /** Closes every file; nothing is in flight on any. */
  Async<Void> closeAll() {
    List<Disk> disks = List.copyOf(opened.values());
    opened.clear();
    return Async.forEach(disks, Disk::close);
  }

  @Override
  public Async<Disk> create(String file, long sizeBytes) {
    throw change("create " + file);
  }

  @Override
  public Async<Void> rename(String from, String to) {
    throw change("rename " + from);
  }

  @Override
  public Async<Void> delete(String file) {
    throw change("delete " + file);
  }

  @Override
  public Async<Void> syncDirectory() {
    throw change("sync");
  }

  @Override
  public Async<Long> freeBytes() {
    return store.freeBytes();
  }

  @Override
  public Async<Void> lock() {
    throw change("lock");
  }

  @Override
  public Async<Void> unlock() {
    throw change("unlock");
  }

  private static Invariant.Broken change(String what) {
    return new Invariant.Broken("an inspection changes nothing: " + what);
  }

  /** A file that others look at too: closed when all are. */
  private static final class SharedDisk extends ForwardingDisk {
    SharedDisk(Disk disk) {
      super(disk);
    }

    @Override
    public void write(List<Extent> extents, Durability durability, Completion done) {
      throw change("write to " + name());
    }

    @Override
    public void sync(Completion done) {
      throw change("sync of " + name());
    }

    @Override
    public void punch(Range range, Completion done) {
      throw change("punch in " + name());
    }

    @Override
    public Async<Void> grow(long sizeBytes) {
      throw change("growth of " + name());
    }

    @Override
    public Async<Void> close() {
      return Async.done();
    }
  }
}
