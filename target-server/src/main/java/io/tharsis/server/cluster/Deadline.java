package io.tharsis.server.cluster;

import io.tharsis.replication.control.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;

/**
 * How long a thread at the rim may still wait.
 *
 * @param verb for which it waits
 * @param untilNanos by {@link System#nanoTime}
 */
record Deadline(String verb, long untilNanos) {

  /** From now on so long. */
  static Deadline of(String verb, Duration limit) {
    return new Deadline(verb, System.nanoTime() + limit.toNanos());
  }

  private long leftNanos() {
    return Math.max(0, untilNanos - System.nanoTime());
  }

  /**
   * The value, when it is there.
   *
   * @throws IOException why there will be none; a refusal if it came too late, or this thread is to
   *     stop
   */
  <T> T await(Future<T> outcome) throws IOException {
    try {
      return outcome.get(leftNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException failed) {
      throw rethrown(failed.getCause());
    } catch (TimeoutException late) {
      throw late();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw stopping();
    }
  }

  /** Takes a lock; whoever calls gives it back. */
  void await(Lock lock) throws IOException {
    try {
      if (!lock.tryLock(leftNanos(), TimeUnit.NANOSECONDS)) {
        throw Refusal.late(
                "busy",
                verb + " was not begun: another verb of the cluster is still under way",
                "the same again, with a longer --timeout")
            .thrown();
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw stopping();
    }
  }

  private IOException late() {
    return Refusal.late(
            "deadline",
            verb + " was begun and is not done yet",
            "tharsis view, which shows how far it is; or the same again, with a longer --timeout")
        .thrown();
  }

  private IOException stopping() {
    return Refusal.host(
            "stopping",
            "the node is stopping and does not wait for " + verb,
            "the same again when the node runs")
        .thrown();
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
