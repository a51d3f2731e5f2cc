package io.tharsis.server.cluster;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.replication.trust.TrustRefusedException;
import io.tharsis.server.node.NodeGround;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Work that may block, for owners, which may not: done on a virtual thread, answered on the owner.
 * Any thread may use it; whoever makes it closes it.
 */
final class Rim implements NodeGround.Closing {

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** What is to be done. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException, TrustRefusedException;
  }

  /** Where it is done, for whoever wants threads. */
  ExecutorService threads() {
    return threads;
  }

  /** Does the work; what the trust refuses is refused in the words of the control. */
  <T> Async<T> call(Owner owner, Work<T> work) {
    Async<T> result = new Async<>();
    try {
      threads.execute(() -> {
        Runnable outcome = outcome(work, result);
        owner.execute(outcome);
      });
    } catch (RejectedExecutionException closed) {
      owner.execute(() -> result.fail(new IOException("the node is stopping", closed)));
    }
    return result;
  }

  private static <T> Runnable outcome(Work<T> work, Async<T> result) {
    try {
      T value = work.run();
      return () -> result.succeed(value);
    } catch (IOException cause) {
      return () -> result.fail(cause);
    } catch (TrustRefusedException refused) {
      return () -> result.fail(TrustWords.refusal(refused.refused()).thrown());
    } catch (RuntimeException | Error bug) {
      // the thread's root: without this the operation would never end
      return () -> result.fail(new IOException(String.valueOf(bug), bug));
    }
  }

  /** Waits for what is being done. */
  @Override
  public void close() {
    threads.close();
  }
}
