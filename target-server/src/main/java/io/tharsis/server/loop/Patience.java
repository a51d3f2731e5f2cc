package io.tharsis.server.loop;

/**
 * Decides whether a loop that has nothing to do looks again or sleeps. It looks while the waits of
 * late were short; a few long ones in a row end that, a few short ones begin it again. Not
 * thread-safe; times are from one monotonic clock, in nanoseconds.
 */
final class Patience {

  /** So many waits in a row of the other kind change its mind. */
  static final int CONVINCED = 8;

  private final long longestNanos;
  private boolean waiting;
  private long since;
  private boolean looking;
  private int against;

  Patience(long longestNanos) {
    this.longestNanos = longestNanos;
  }

  /** Whether to look again at this moment; otherwise to sleep. */
  boolean looksAgain(long now) {
    if (!waiting) {
      waiting = true;
      since = now;
    }
    return looking && now - since < longestNanos;
  }

  /** There is something to do without waiting. */
  void busy() {
    waiting = false;
  }

  /** The wait is over: a look has found something, or the sleep has ended. */
  void ended(long now) {
    boolean isShort = now - since < longestNanos;
    waiting = false;
    against = isShort == looking ? 0 : against + 1;
    if (against == CONVINCED) {
      looking = isShort;
      against = 0;
    }
  }
}
