package io.tharsis.logfiles.log;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.ForwardingDisk;
import io.tharsis.logfiles.seam.ForwardingStore;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import java.util.ArrayList;
import java.util.List;

/** A directory that remembers what was done to its files, in the order in which it was begun. */
final class WatchedStore extends ForwardingStore {

  /** An operation on a file, with the name it was opened or created under. */
  sealed interface Operation {
    String file();

    record Write(String file, Range range, Durability durability) implements Operation {}

    record Sync(String file) implements Operation {}
  }

  final List<Operation> operations = new ArrayList<>();

  WatchedStore(Store store) {
    super(store);
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
  public Async<Disk> create(String file, long sizeBytes) {
    return super.create(file, sizeBytes).map(disk -> new WatchedDisk(file, disk));
  }

  @Override
  public Async<Disk> open(String file) {
    return super.open(file).map(disk -> new WatchedDisk(file, disk));
  }

  private final class WatchedDisk extends ForwardingDisk {
    private final String file;

    WatchedDisk(String file, Disk disk) {
      super(disk);
      this.file = file;
    }

    @Override
    public void write(List<Extent> extents, Durability durability, Completion done) {
      for (Extent extent : extents) {
        Range range = new Range(extent.offset(), extent.offset() + extent.lengthBytes());
        operations.add(new Operation.Write(file, range, durability));
      }
      super.write(extents, durability, done);
    }

    @Override
    public void sync(Completion done) {
      operations.add(new Operation.Sync(file));
      super.sync(done);
    }
  }
}
