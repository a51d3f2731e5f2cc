package io.tharsis.it.process;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Something about another process that becomes true. */
@FunctionalInterface
public interface Condition {

  /** Whether it is true now. */
  boolean holds() throws IOException;

  /**
   * Looks again and again until it is true.
   *
   * @throws AssertionError where it is not within the limit
   */
  static void await(String what, Duration limit, Condition condition) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + limit + ": " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }
}
