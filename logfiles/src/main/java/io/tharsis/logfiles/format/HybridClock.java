package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;

/**
 * Hybrid logical time: milliseconds since 1970 in the upper 48 bits, a counter in the lower 16. It
 * follows the wall clock, never goes back, and never gives the same value twice. Values are
 * unsigned and compared with {@link Long#compareUnsigned}.
 */
public final class HybridClock {

  private static final int COUNTER_BITS = 16;

  private HybridClock() {}

  /**
   * The time after {@code last} when the wall clock shows {@code wallMillis}. Where the wall clock
   * stands still or goes back the counter moves, and carries over into the milliseconds.
   *
   * @param last the greatest time seen so far, our own or anybody's; 0 at the very beginning
   */
  public static long next(long wallMillis, long last) {
    Invariant.check(0 <= wallMillis && wallMillis >>> 48 == 0, "wall clock", wallMillis);
    long wall = wallMillis << COUNTER_BITS;
    return Long.compareUnsigned(wall, last) > 0 ? wall : last + 1;
  }

  /** The later of two times. */
  public static long later(long one, long other) {
    return Long.compareUnsigned(one, other) > 0 ? one : other;
  }

  /** Milliseconds since 1970-01-01 UTC. */
  public static long millis(long time) {
    return time >>> COUNTER_BITS;
  }

  /** How often the clock was asked within what it took for the same millisecond. */
  public static int counter(long time) {
    return (int) (time & 0xFFFF);
  }
}
