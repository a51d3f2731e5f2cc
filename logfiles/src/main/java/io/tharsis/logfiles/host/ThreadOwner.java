package io.tharsis.logfiles.host;

import io.tharsis.logfiles.seam.Owner;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * An owner that is one thread of its own, for tools and tests. Whoever makes it closes it. A
 * message that throws is reported and does not stop the ones behind it.
 */
public final class ThreadOwner implements Owner, AutoCloseable {

  private final LinkedBlockingQueue<Runnable> messages = new LinkedBlockingQueue<>();
  private final Consumer<Throwable> onFailure;
  private final Thread thread;
  private volatile boolean closed;
  // only touched by the thread
  private boolean last;

  /**
   * @param name of the thread
   * @param onFailure gets what a message throws, on the thread
   */
  public ThreadOwner(String name, Consumer<Throwable> onFailure) {
    this.onFailure = onFailure;
    this.thread = Thread.ofPlatform().name(name).start(this::run);
  }

  private void run() {
    while (!last) {
      try {
        messages.take().run();
      } catch (Throwable e) {
        onFailure.accept(e);
      }
    }
  }

  @Override
  public void execute(Runnable message) {
    if (closed) {
      throw new RejectedExecutionException(thread.getName() + ": closed");
    }
    messages.add(message);
  }

  @Override
  public boolean isCurrent() {
    return thread.equals(Thread.currentThread());
  }

  /** Runs what has been posted and ends the thread; not to be called on it. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    messages.add(() -> last = true);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(thread.getName() + ": interrupted while closing", e);
    }
  }
}
