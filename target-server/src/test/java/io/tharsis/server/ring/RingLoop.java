package io.tharsis.server.ring;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.uring.IoUringIoHandler;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Owner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** One io_uring event loop as an owner, and a test thread's way to wait for what runs on it. */
final class RingLoop implements AutoCloseable {

  private static final int ANSWER_SECONDS = 30;

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, IoUringIoHandler.newFactory());
  private final IoEventLoop loop = group.next();

  IoEventLoop loop() {
    return loop;
  }

  Owner owner() {
    return new Owner() {
      @Override
      public void execute(Runnable message) {
        loop.execute(message);
      }

      @Override
      public boolean isCurrent() {
        return loop.inEventLoop();
      }
    };
  }

  /** Starts something on the loop and waits for its end. */
  <T> T await(Supplier<Async<T>> operation) throws Exception {
    CompletableFuture<T> ended = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        operation.get().observe(ended::complete, ended::completeExceptionally);
      } catch (RuntimeException | Error bug) {
        ended.completeExceptionally(bug);
      }
    });
    return get(ended);
  }

  private static <T> T get(CompletableFuture<T> ended)
      throws InterruptedException, TimeoutException, Exception {
    try {
      return ended.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw failed;
    }
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, ANSWER_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
