package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Owner;
import java.util.function.Supplier;

/**
 * The way from the node's owner to a replica's and back. Called at home.
 *
 * @param home where outcomes are told
 * @param there where operations run
 */
record Crossing(Owner home, Owner there) {

  /** Runs an operation there. Its outcome is told at home, never before this call has returned. */
  <T> Async<T> ask(Supplier<Async<T>> operation) {
    Async<T> result = new Async<>();
    there.execute(() ->
        operation
            .get()
            .observe(
                value -> home.execute(() -> result.succeed(value)),
                cause -> home.execute(() -> result.fail(cause))));
    return result;
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
