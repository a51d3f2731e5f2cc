package io.tharsis.logfiles.log;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A directory that remembers which of its files are open, so that an opening that fails leaves none
 * behind and can be tried again in the same process. Belongs to one {@link LogOpening}.
 */
final class OpenedFiles implements Store {

  private final Store store;
  private final Set<Disk> open = new LinkedHashSet<>();

  OpenedFiles(Store store) {
    this.store = store;
  }

  /** Closes every file that is open; nothing is in flight on any. */
  Async<Void> closeAll() {
    return Async.forEach(List.copyOf(open), Disk::close);
  }

  private Disk remembered(Disk disk) {
    Disk file = new OpenedFile(disk);
    open.add(file);
    return file;
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
    return store.create(file, sizeBytes).map(this::remembered);
  }

  @Override
  public Async<Disk> open(String file) {
    return store.open(file).map(this::remembered);
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

  private final class OpenedFile implements Disk {
    private final Disk disk;

    OpenedFile(Disk disk) {
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
      disk.write(extents, durability, done);
    }

    @Override
    public void sync(Completion done) {
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
      open.remove(this);
      return disk.close();
    }
  }
}
