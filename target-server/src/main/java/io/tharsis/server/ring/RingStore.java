package io.tharsis.server.ring;

import io.netty.channel.IoEventLoop;
import io.tharsis.logfiles.host.HostDisk;
import io.tharsis.logfiles.host.HostStore;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.seam.Store;
import java.util.List;

/**
 * A directory whose files are opened on the owner's ring; everything about its entries goes to the
 * store it was made from. Belongs to the owner.
 */
public final class RingStore implements Store {

  private final HostStore delegate;
  private final IoEventLoop loop;
  private final Owner owner;
  private final RingDisk.Writes writes;

  /**
   * @param delegate the same directory without a ring; it must open files with {@link
   *     HostDisk.Options#DIRECT} if writes are to be direct
   * @param loop an io_uring loop, the one the owner lives on
   */
  public RingStore(HostStore delegate, IoEventLoop loop, Owner owner, RingDisk.Writes writes) {
    this.delegate = delegate;
    this.loop = loop;
    this.owner = owner;
    this.writes = writes;
  }

  @Override
  public String name() {
    return delegate.name();
  }

  @Override
  public Async<List<String>> list() {
    return delegate.list();
  }

  /** As promised; a file that the ring cannot open is removed again. */
  @Override
  public Async<Disk> create(String file, long sizeBytes) {
    return delegate
        .create(file, sizeBytes)
        .then(disk ->
            onRing(disk).orElse(cause -> delegate.delete(file).then(gone -> Async.failed(cause))));
  }

  @Override
  public Async<Disk> open(String file) {
    return delegate.open(file).then(disk -> onRing(disk));
  }

  private Async<Disk> onRing(Disk disk) {
    return RingDisk.open((HostDisk) disk, loop, owner, writes)
        .orElse(cause -> disk.close().then(closed -> Async.failed(cause)));
  }

  @Override
  public Async<Void> rename(String from, String to) {
    return delegate.rename(from, to);
  }

  @Override
  public Async<Void> delete(String file) {
    return delegate.delete(file);
  }

  @Override
  public Async<Void> syncDirectory() {
    return delegate.syncDirectory();
  }

  @Override
  public Async<Long> freeBytes() {
    return delegate.freeBytes();
  }

  @Override
  public Async<Void> lock() {
    return delegate.lock();
  }

  @Override
  public Async<Void> unlock() {
    return delegate.unlock();
  }
}
