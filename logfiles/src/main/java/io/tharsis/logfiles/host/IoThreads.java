package io.tharsis.logfiles.host;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Owner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that wait for one file system or device on behalf of an owner, in four groups so that
 * reads never wait behind writes and nothing waits behind the filling of a new file. Whoever makes
 * it closes it, after all disks and stores that use it. Share one among the files that get stuck
 * together; never among resources on different disks.
 *
 * <p>Threads start with the first work of their group and end after {@link #IDLE}; they are called
 * {@code NAME-read-1} and so on. Nobody interrupts them.
 */
public final class IoThreads implements AutoCloseable {

  /** Most operations that wait in one group; beyond it an operation fails. */
  public static final int QUEUE_LIMIT_OPERATIONS = 1 << 16;

  /** How long a thread without work lives on. */
  public static final Duration IDLE = Duration.ofSeconds(30);

  /** How long closing waits for work that has begun. */
  public static final Duration CLOSE_DEADLINE = Duration.ofSeconds(60);

  /** Work that waits for the host. */
  @FunctionalInterface
  interface Work<T> {
    T run(Scratch scratch) throws IOException;
  }

  private final String name;
  private final ThreadPoolExecutor reading;
  private final ThreadPoolExecutor writing;
  private final ThreadPoolExecutor entries;
  private final ThreadPoolExecutor filling;
  private final ThreadLocal<Scratch> scratch =
      ThreadLocal.withInitial(() -> new Scratch(Scratch.IOVEC_LIMIT));

  /**
   * @param name begins the names of the threads
   * @param readers most threads that read what is not cached
   * @param writers most threads that write, sync and punch
   */
  public IoThreads(String name, int readers, int writers) {
    this.name = name;
    this.reading = group("read", readers);
    this.writing = group("write", writers);
    this.entries = group("entries", 1);
    this.filling = group("fill", 1);
  }

  private ThreadPoolExecutor group(String kind, int threads) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor group =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE.toSeconds(),
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(QUEUE_LIMIT_OPERATIONS),
            work ->
                Thread.ofPlatform()
                    .name(name + "-" + kind + "-" + number.incrementAndGet())
                    .unstarted(work));
    group.allowCoreThreadTimeOut(true);
    return group;
  }

  ThreadPoolExecutor reading() {
    return reading;
  }

  ThreadPoolExecutor writing() {
    return writing;
  }

  ThreadPoolExecutor entries() {
    return entries;
  }

  ThreadPoolExecutor filling() {
    return filling;
  }

  /** The native memory of the calling thread, which must be one of these. */
  Scratch scratch() {
    return scratch.get();
  }

  /** Does work in a group of threads and completes the result on the owner. */
  <T> Async<T> call(ThreadPoolExecutor group, Owner owner, Work<T> work) {
    Invariant.check(owner.isCurrent(), "not on the owner of the operation");
    Async<T> result = new Async<>();
    try {
      group.execute(() -> {
        Runnable completion = outcome(work, result);
        owner.execute(completion);
      });
    } catch (RejectedExecutionException e) {
      owner.execute(() -> result.fail(refused(e)));
    }
    return result;
  }

  private <T> Runnable outcome(Work<T> work, Async<T> result) {
    try {
      T value = work.run(scratch());
      return () -> result.succeed(value);
    } catch (IOException e) {
      return () -> result.fail(e);
    } catch (UncheckedIOException e) {
      return () -> result.fail(e.getCause());
    } catch (RuntimeException | Error e) {
      // the thread's root: without this the operation would never end
      return () -> result.fail(new IOException(name + ": " + e, e));
    }
  }

  /** Why an operation could not even be queued. */
  IOException refused(RejectedExecutionException cause) {
    return new IOException(name + ": too many operations, or shutting down", cause);
  }

  /** Finishes what is queued, then ends the threads; gives up on a host that hangs. */
  @Override
  public void close() {
    var groups = java.util.List.of(reading, writing, filling, entries);
    groups.forEach(ThreadPoolExecutor::shutdown);
    long deadline = System.nanoTime() + CLOSE_DEADLINE.toNanos();
    for (ThreadPoolExecutor group : groups) {
      try {
        if (!group.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          throw new IllegalStateException(name + ": I/O still waits for the host");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(name + ": interrupted while I/O was finishing", e);
      }
    }
  }
}
