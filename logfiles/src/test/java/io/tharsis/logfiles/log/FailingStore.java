package io.tharsis.logfiles.log;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.ForwardingDisk;
import io.tharsis.logfiles.seam.ForwardingStore;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A directory whose operation number {@code failing} fails, and which knows what is open. */
public final class FailingStore extends ForwardingStore {
  private final TreeSet<String> open = new TreeSet<>();
  private final List<String> failed = new ArrayList<>();
  private int failing;
  private int operations;

  /** Everything works but that operation, counted from 1; or everything at first, if it is 0. */
  public FailingStore(Store store, int failing) {
    super(store);
    this.failing = failing;
  }

  /** How its failures look. */
  public static IOException error() {
    return new IOException("it fails");
  }

  /** Files that are open, and the lock. */
  public Set<String> open() {
    return Set.copyOf(open);
  }

  /** What has failed so far. */
  public List<String> failed() {
    return List.copyOf(failed);
  }

  /** That many operations from now one fails. */
  public void failIn(int further) {
    failing = operations + further;
  }

  private boolean fails(String what) {
    boolean fails = ++operations == failing;
    if (fails) {
      failed.add(what);
    }
    return fails;
  }

  @Override
  public Async<List<String>> list() {
    return fails("list") ? Async.failed(error()) : super.list();
  }

  @Override
  public Async<Disk> create(String file, long sizeBytes) {
    return fails("create " + file)
        ? Async.failed(error())
        : super.create(file, sizeBytes).map(disk -> new Known(file, disk));
  }

  @Override
  public Async<Disk> open(String file) {
    return fails("open " + file)
        ? Async.failed(error())
        : super.open(file).map(disk -> new Known(file, disk));
  }

  @Override
  public Async<Void> syncDirectory() {
    return fails("sync") ? Async.failed(error()) : super.syncDirectory();
  }

  @Override
  public Async<Void> delete(String file) {
    return fails("delete " + file) ? Async.failed(error()) : super.delete(file);
  }

  @Override
  public Async<Void> lock() {
    return fails("lock") ? Async.failed(error()) : super.lock().map(done -> held("lock"));
  }

  @Override
  public Async<Void> unlock() {
    open.remove("lock");
    return super.unlock();
  }

  private Void held(String what) {
    open.add(what);
    return null;
  }

  private final class Known extends ForwardingDisk {
    private final String file;

    Known(String file, Disk disk) {
      super(disk);
      this.file = file;
      open.add(file);
    }

    @Override
    public void read(ByteBuffer into, long offset, Completion done) {
      if (fails("read " + file)) {
        done.failed(error());
      } else {
        super.read(into, offset, done);
      }
    }

    @Override
    public void write(List<Extent> extents, Durability durability, Completion done) {
      if (fails("write " + file)) {
        done.failed(error());
      } else {
        super.write(extents, durability, done);
      }
    }

    @Override
    public Async<Void> close() {
      open.remove(file);
      boolean fails = fails("close " + file);
      return super.close().then(done -> fails ? Async.failed(error()) : Async.done());
    }
  }
}
