package io.tharsis.it.bench;

import java.util.List;

/**
 * One row of the benchmark. An immutable value.
 *
 * @param name how {@code --only} and the report call it
 * @param access what the commands do
 * @param blockBytes bytes per command
 * @param depth commands in flight
 * @param mode what GOOD means; with {@link CacheMode#WRITE_CACHE} the SYNCHRONIZE CACHE at the end
 *     is part of the time
 */
record Workload(String name, Access access, int blockBytes, int depth, CacheMode mode) {

  /** What our throughput is divided by. */
  enum Yardstick {
    REFERENCE,
    HALF_DEVICE
  }

  enum Access {
    RANDOM_READ,
    RANDOM_WRITE,
    SEQUENTIAL_READ,
    SEQUENTIAL_WRITE;

    boolean isWrite() {
      return this == RANDOM_WRITE || this == SEQUENTIAL_WRITE;
    }

    boolean isRandom() {
      return this == RANDOM_READ || this == RANDOM_WRITE;
    }
  }

  private static final int SMALL = 4 * 1024;
  private static final int LARGE = 128 * 1024;

  /** 4 KiB durable random writes at depth 32, the load of the steady state. */
  static final Workload STEADY =
      new Workload("randwrite-durable-d32", Access.RANDOM_WRITE, SMALL, 32, CacheMode.DURABLE);

  /** Every row, those of one cache mode together. */
  static final List<Workload> ALL =
      List.of(
          new Workload("randread-d1", Access.RANDOM_READ, SMALL, 1, CacheMode.DURABLE),
          new Workload("randread-d32", Access.RANDOM_READ, SMALL, 32, CacheMode.DURABLE),
          new Workload("randwrite-durable-d1", Access.RANDOM_WRITE, SMALL, 1, CacheMode.DURABLE),
          STEADY,
          new Workload("seqread-128k-d16", Access.SEQUENTIAL_READ, LARGE, 16, CacheMode.DURABLE),
          new Workload(
              "seqwrite-128k-durable-d16", Access.SEQUENTIAL_WRITE, LARGE, 16, CacheMode.DURABLE),
          new Workload("randwrite-cache-d1", Access.RANDOM_WRITE, SMALL, 1, CacheMode.WRITE_CACHE),
          new Workload(
              "randwrite-cache-d32", Access.RANDOM_WRITE, SMALL, 32, CacheMode.WRITE_CACHE));

  Yardstick yardstick() {
    return access == Access.SEQUENTIAL_WRITE && mode == CacheMode.DURABLE
        ? Yardstick.HALF_DEVICE
        : Yardstick.REFERENCE;
  }

  /** The score that is required of us. */
  double requiredScore() {
    return equals(STEADY) ? 1.5 : 0.9;
  }

  /** Whether the end of the load is a SYNCHRONIZE CACHE that counts. */
  boolean endsWithFlush() {
    return mode == CacheMode.WRITE_CACHE;
  }
}
