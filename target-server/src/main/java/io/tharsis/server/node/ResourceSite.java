package io.tharsis.server.node;

import io.tharsis.logfiles.host.HostDisk;
import io.tharsis.logfiles.host.HostEntropy;
import io.tharsis.logfiles.host.IoThreads;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.server.ring.AppendMethod;
import io.tharsis.server.ring.RingDisk;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where one resource lives on this host: a loop that its bugs cannot hurt, threads for its files,
 * the directory of its log. Made at the rim; all but {@link #close} is called on the loop.
 */
public final class ResourceSite {

  private static final int READERS = 4;

  /** More than one, so that the disk's write-back does not hold up the log. */
  private static final int WRITERS = 4;

  private final Path directory;
  private final AppendMethod append;
  private final BugGuard guard;
  private final NodeLoop loop;
  private final IoThreads threads;
  private Optional<AppendStore> store = Optional.empty();

  /**
   * A site with nothing open.
   *
   * @param name of the resource
   * @param directory of its log
   * @param shared the loop it is to live on, with others
   * @param append how logs become durable on this node
   */
  public ResourceSite(String name, Path directory, NodeLoop shared, AppendMethod append) {
    this.directory = directory;
    this.append = append;
    this.guard = new BugGuard(name);
    this.loop = shared.guardedBy(guard);
    this.threads = new IoThreads(name, READERS, WRITERS);
  }

  /** The loop it lives on, as its owner. */
  public NodeLoop loop() {
    return loop;
  }

  /** Where its log is. */
  public Path directory() {
    return directory;
  }

  /** From now on bugs end this resource. */
  public LoggedResource guarding(LoggedResource resource) {
    return guard.guarding(resource);
  }

  /** Opens the directory of its log, making it if need be; closed by {@link #vacate}. */
  public Async<Seams> open(WriteCache writeCache) {
    return AppendStore.open(directory, loop, threads, appendFor(writeCache))
        .map(opened -> {
          store = Optional.of(opened);
          return new Seams(loop.owner(), loop.clock(), new HostEntropy(), opened.store());
        });
  }

  /**
   * A log that announces a write cache is written through the host's page cache, which the ring's
   * direct writes go past: GOOD would wait for the device.
   */
  private AppendMethod appendFor(WriteCache writeCache) {
    return switch (writeCache) {
      case DURABLE -> append;
      case FLUSH -> AppendMethod.THREAD;
    };
  }

  /** Opens and locks a disk that {@link DiskFile#prepare} has looked at. */
  public Async<Disk> disk(Path disk) {
    return HostDisk.open(disk, loop.owner(), threads, HostDisk.Options.BUFFERED).then(this::onRing);
  }

  /** Reads that miss the page cache need no thread on a ring; writes stay with the threads. */
  private Async<Disk> onRing(Disk disk) {
    return loop.hasRing()
        ? RingDisk.open((HostDisk) disk, loop.loop(), loop.owner(), RingDisk.Writes.DELEGATED)
            .orElse(cause -> disk.close().then(closed -> Async.failed(cause)))
        : Async.of(disk);
  }

  /** Closes the directory, if it is open. */
  public Async<Void> vacate() {
    Optional<AppendStore> open = store;
    store = Optional.empty();
    return open.map(one -> one.directory().close()).orElseGet(Async::done);
  }

  /** Ends the threads when they have done what they are to do; blocks, at the rim. */
  public void close() {
    threads.close();
  }
}
