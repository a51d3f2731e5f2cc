package io.tharsis.server.ring;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.uring.IoUringIoHandler;
import io.tharsis.logfiles.contract.World;
import io.tharsis.logfiles.host.HostClock;
import io.tharsis.logfiles.host.HostDisk;
import io.tharsis.logfiles.host.HostStore;
import io.tharsis.logfiles.host.IoThreads;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** One io_uring event loop as a world for the contract suite, in a directory of the test's. */
final class RingWorld implements World {

  private static final int ANSWER_SECONDS = 60;

  private final Path directory;
  private final RingDisk.Writes writes;
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, IoUringIoHandler.newFactory());
  private final IoEventLoop loop = group.next();
  private final IoThreads threads = new IoThreads("world", 2, 2);
  private final Owner owner =
      new Owner() {
        @Override
        public void execute(Runnable message) {
          loop.execute(message);
        }

        @Override
        public boolean isCurrent() {
          return loop.inEventLoop();
        }
      };

  RingWorld(Path directory, RingDisk.Writes writes) {
    this.directory = directory;
    this.writes = writes;
  }

  IoEventLoop loop() {
    return loop;
  }

  @Override
  public Owner owner() {
    return owner;
  }

  @Override
  public Clock clock() {
    return new HostClock(owner, loop);
  }

  @Override
  public Async<Disk> openSparse(String name, long sizeBytes) {
    return openOnHost(name, sizeBytes)
        .then(disk ->
            RingDisk.open(disk, loop, owner, writes)
                .orElse(cause -> disk.close().then(closed -> Async.failed(cause))));
  }

  /** Makes a sparse file if there is none and opens it, not on the ring yet. */
  Async<HostDisk> openOnHost(String name, long sizeBytes) {
    Path path = directory.resolve(name);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(sizeBytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HostDisk.open(path, owner, threads, HostDisk.Options.DIRECT).map(HostDisk.class::cast);
  }

  @Override
  public Async<Store> openStore() {
    return HostStore.open(directory.resolve("store"), owner, threads, HostDisk.Options.DIRECT)
        .map(store -> new RingStore(store, loop, owner, writes));
  }

  @Override
  public <T> T await(Supplier<Async<T>> operation) throws IOException {
    CompletableFuture<T> ended = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        operation.get().observe(ended::complete, ended::completeExceptionally);
      } catch (RuntimeException | Error e) {
        ended.completeExceptionally(e);
      }
    });
    try {
      return ended.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new AssertionError(failed.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("no end in sight", e);
    }
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, ANSWER_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    threads.close();
  }
}
