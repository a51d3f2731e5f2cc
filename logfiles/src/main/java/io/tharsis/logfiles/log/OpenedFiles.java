package io.tharsis.logfiles.log;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.ForwardingDisk;
import io.tharsis.logfiles.seam.ForwardingStore;
import io.tharsis.logfiles.seam.Store;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A directory that remembers which of its files are open, so that an opening that fails leaves none
 * behind and can be tried again in the same process. Belongs to one {@link LogOpening}.
 */
final class OpenedFiles extends ForwardingStore {

  private final Set<Disk> open = new LinkedHashSet<>();

  OpenedFiles(Store store) {
    super(store);
  }

  /** Closes every file that is open, the rest too if one fails; nothing is in flight on any. */
  Async<Void> closeAll() {
    return Async.each(List.copyOf(open), Disk::close);
  }

  @Override
  public Async<Disk> create(String file, long sizeBytes) {
    return super.create(file, sizeBytes).map(this::remembered);
  }

  @Override
  public Async<Disk> open(String file) {
    return super.open(file).map(this::remembered);
  }

  private Disk remembered(Disk disk) {
    Disk file = new OpenedFile(disk);
    open.add(file);
    return file;
  }

  private final class OpenedFile extends ForwardingDisk {
    OpenedFile(Disk disk) {
      super(disk);
    }

    @Override
    public Async<Void> close() {
      open.remove(this);
      return super.close();
    }
  }
}
