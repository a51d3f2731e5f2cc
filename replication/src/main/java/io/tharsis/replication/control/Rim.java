package io.tharsis.replication.control;

import io.tharsis.logfiles.host.HostClock;
import io.tharsis.logfiles.host.HostDisk;
import io.tharsis.logfiles.host.HostStore;
import io.tharsis.logfiles.host.IoThreads;
import io.tharsis.logfiles.host.ThreadOwner;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The rim of one blocking call: an owner of its own for one directory, and a caller that waits for
 * it. Whoever makes it closes it.
 */
final class Rim implements AutoCloseable {

  /** What is started on the owner. */
  @FunctionalInterface
  interface Call<T> {
    Async<T> start(Rim rim);
  }

  private final Path directory;
  private final HostDisk.Options options;
  private final ThreadOwner owner = new ThreadOwner("tharsis-log", this::failed);
  private final IoThreads threads = new IoThreads("tharsis-log", 1, 1);
  private final ScheduledExecutorService timers =
      Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "tharsis-log-timers"));

  private volatile CompletableFuture<?> waiting = new CompletableFuture<>();

  Rim(Path directory, HostDisk.Options options) {
    this.directory = directory;
    this.options = options;
  }

  Clock clock() {
    return new HostClock(owner, timers);
  }

  Async<Store> open() {
    return HostStore.open(directory, owner, threads, options).map(store -> store);
  }

  /** Without this a bug on the owner would let the caller wait for ever. */
  private void failed(Throwable bug) {
    waiting.completeExceptionally(bug);
  }

  /** Starts it on the owner and waits for its end. */
  <T> T call(Call<T> what) throws IOException {
    CompletableFuture<T> ended = new CompletableFuture<>();
    waiting = ended;
    owner.execute(() -> what.start(this).observe(ended::complete, ended::completeExceptionally));
    try {
      return ended.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException("looking at " + directory + " failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    timers.shutdown();
    threads.close();
    owner.close();
  }
}
