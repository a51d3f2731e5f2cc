package io.tharsis.it.cluster;

import java.util.SplittableRandom;

/** Which nodes of a cluster are killed at a time; the shares are those of the constants. */
enum Victim {
  /** The load loses its target. */
  PRIMARY,
  /** The load goes on, and the node comes back under it. */
  SECONDARY,
  /** A secondary, and the primary while that one is away or catches up. */
  BOTH;

  /** Any of them. */
  static Victim any(SplittableRandom random) {
    return values()[random.nextInt(values().length)];
  }
}
