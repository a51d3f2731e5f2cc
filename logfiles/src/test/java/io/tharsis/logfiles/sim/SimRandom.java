package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.seam.Invariant;

/** Pseudo-random numbers (SplitMix64): the same seed gives the same numbers everywhere. */
public final class SimRandom {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long seed;
  private long state;

  /** Numbers that depend on the seed only. */
  public SimRandom(long seed) {
    this.seed = seed;
    this.state = seed;
  }

  /** Scrambles 64 bits; a bijection. */
  static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /**
   * Other numbers for another purpose. They depend on the seed and the label only, not on how many
   * numbers were drawn here, so that one purpose does not disturb the other.
   */
  public SimRandom fork(String label) {
    return new SimRandom(mix(seed + GOLDEN * label.hashCode()));
  }

  /** 64 random bits. */
  public long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /** A number in {@code [0, bound)}. */
  public long below(long bound) {
    Invariant.check(bound > 0, "bound of a random number", bound);
    return Long.remainderUnsigned(nextLong(), bound);
  }

  /** A number in {@code [0, bound)}. */
  public int below(int bound) {
    return (int) below((long) bound);
  }

  /** A number in {@code [from, to]}. */
  public long between(long from, long to) {
    return from + below(to - from + 1);
  }

  /** True with the given probability. */
  public boolean chance(double probability) {
    return (nextLong() >>> 11) * 0x1.0p-53 < probability;
  }
}
