package io.tharsis.it.bench;

import java.io.IOException;
import java.time.Duration;

/** Ports on loopback, and waiting for what listens there. */
final class Loopback {

  static final String ADDRESS = "127.0.0.1";

  private static final Duration STEP = Duration.ofMillis(50);

  private Loopback() {}

  /** Something that becomes true. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException;
  }

  /**
   * Waits for a condition of another process.
   *
   * @return whether it came true within the limit
   */
  static boolean await(Duration limit, Condition condition) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      pause(STEP);
    }
    return true;
  }

  static void pause(Duration duration) throws IOException {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
