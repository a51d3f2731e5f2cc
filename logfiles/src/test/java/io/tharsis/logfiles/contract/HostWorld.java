package io.tharsis.logfiles.contract;

import io.tharsis.logfiles.host.HostClock;
import io.tharsis.logfiles.host.HostDisk;
import io.tharsis.logfiles.host.HostStore;
import io.tharsis.logfiles.host.IoThreads;
import io.tharsis.logfiles.host.ThreadOwner;
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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** This host as a world for the contract suite, in a directory of the test's. */
public final class HostWorld implements World {

  private static final long DEADLINE_SECONDS = 60;

  private final Path directory;
  private final HostDisk.Options options;
  private final AtomicReference<Throwable> thrown = new AtomicReference<>();
  private final ThreadOwner owner =
      new ThreadOwner("owner", failure -> thrown.compareAndSet(null, failure));
  private final IoThreads threads = new IoThreads("world", 2, 2);
  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

  /** A world in a directory that exists. */
  public HostWorld(Path directory, HostDisk.Options options) {
    this.directory = directory;
    this.options = options;
  }

  /** The threads behind it. */
  public IoThreads threads() {
    return threads;
  }

  @Override
  public Owner owner() {
    return owner;
  }

  @Override
  public Clock clock() {
    return new HostClock(owner, scheduler);
  }

  @Override
  public Async<Disk> openSparse(String name, long sizeBytes) {
    Path path = directory.resolve(name);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(sizeBytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HostDisk.open(path, owner, threads, options);
  }

  @Override
  public Async<Store> openStore() {
    return HostStore.open(directory.resolve("store"), owner, threads, options).map(store -> store);
  }

  @Override
  public <T> T await(Supplier<Async<T>> operation) throws IOException {
    CompletableFuture<T> ended = new CompletableFuture<>();
    owner.execute(() -> {
      try {
        operation.get().observe(ended::complete, ended::completeExceptionally);
      } catch (RuntimeException | Error e) {
        ended.completeExceptionally(e);
      }
    });
    try {
      return ended.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("no end in sight", e);
    }
  }

  private static IOException rethrown(Throwable cause) {
    return switch (cause) {
      case IOException e -> e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new AssertionError(e);
    };
  }

  @Override
  public void close() {
    threads.close();
    scheduler.shutdownNow();
    owner.close();
    if (thrown.get() != null) {
      throw new AssertionError("a message threw", thrown.get());
    }
  }
}
