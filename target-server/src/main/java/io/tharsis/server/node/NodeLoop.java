package io.tharsis.server.node;

import io.netty.channel.IoEventLoop;
import io.netty.channel.uring.IoUringIoHandle;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.server.loop.LoopClock;
import io.tharsis.server.loop.LoopOwner;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One event loop as the owner of resources, and the way from the rim, where threads may wait, to
 * what lives on it.
 */
public record NodeLoop(IoEventLoop loop, LoopOwner owner, LoopClock clock) {

  /** A loop whose bugs go to the diagnostics. */
  public NodeLoop(IoEventLoop loop) {
    this(loop, new LoopOwner(loop));
  }

  private NodeLoop(IoEventLoop loop, LoopOwner owner) {
    this(loop, owner, new LoopClock(owner));
  }

  /** The same loop for one resource, whose bugs end that resource and nothing else. */
  public NodeLoop guardedBy(Consumer<Throwable> onBug) {
    return new NodeLoop(loop, new LoopOwner(loop, onBug));
  }

  /** Starts something on the loop; may be called from any thread. */
  public <T> CompletableFuture<T> start(Supplier<Async<T>> operation) {
    CompletableFuture<T> ended = new CompletableFuture<>();
    try {
      owner.execute(() -> observe(operation, ended));
    } catch (RejectedExecutionException closed) {
      ended.completeExceptionally(new IOException("the event loop has ended", closed));
    }
    return ended;
  }

  private static <T> void observe(Supplier<Async<T>> operation, CompletableFuture<T> ended) {
    try {
      operation.get().observe(ended::complete, ended::completeExceptionally);
    } catch (RuntimeException | Error bug) {
      ended.completeExceptionally(bug);
    }
  }

  /** Whether files can be read and written on the loop itself. */
  public boolean hasRing() {
    return loop.isCompatible(IoUringIoHandle.class);
  }

  /** The same, and waits for its end; never call it on a loop. */
  public <T> T await(Supplier<Async<T>> operation) throws IOException {
    try {
      return start(operation).get();
    } catch (ExecutionException failed) {
      throw rethrown(failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private static IOException rethrown(Throwable cause) {
    return switch (cause) {
      case IOException world -> world;
      case RuntimeException bug -> throw bug;
      case Error bug -> throw bug;
      case Throwable other -> new IOException(other);
    };
  }
}
