package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Owner;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * The way from the node's owner to a replica's and back. Called at home.
 *
 * @param home where outcomes are told
 * @param there where operations run
 */
record Crossing(Owner home, Owner there) {

  /**
   * Runs an operation there. Its outcome is told at home, never before this call has returned. An
   * operation that throws fails, lest somebody wait for it for ever; what it threw is the other
   * owner's too, as any bug there. So does one that is asked for when the other owner has ended.
   */
  <T> Async<T> ask(Supplier<Async<T>> operation) {
    Async<T> result = new Async<>();
    try {
      there.execute(() -> begin(operation, result));
    } catch (RejectedExecutionException ended) {
      home.execute(() -> result.fail(new IOException("the replica's owner has ended", ended)));
    }
    return result;
  }

  private <T> void begin(Supplier<Async<T>> operation, Async<T> result) {
    Async<T> begun;
    try {
      begun = operation.get();
    } catch (RuntimeException | Error bug) {
      home.execute(() -> result.fail(new IOException("the replica has met a bug: " + bug, bug)));
      throw bug;
    }
    begun.observe(
        value -> home.execute(() -> result.succeed(value)),
        cause -> home.execute(() -> result.fail(cause)));
  }

  /** The same way for whoever is there. */
  Crossing back() {
    return new Crossing(/* home= */ there, /* there= */ home);
  }

  /** Runs a message there. */
  void tell(Runnable message) {
    there.execute(message);
  }

  /** From there: runs a message at home. */
  void tellHome(Runnable message) {
    home.execute(message);
  }
}
