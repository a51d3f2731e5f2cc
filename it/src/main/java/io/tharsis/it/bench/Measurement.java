package io.tharsis.it.bench;

/**
 * One workload on one peer in one round. An immutable value.
 *
 * @param workload what was done
 * @param peer to whom
 * @param round when, from 1
 * @param commands how often
 * @param seconds in which time, a final flush included where the workload ends with one
 * @param p50Micros median latency of a command
 * @param p99Micros its 99th percentile
 * @param targetCpuMicros CPU time of the target per command, while the load ran
 * @param settledCpuMicros the same up to the moment when the target was idle again: what it put off
 *     is in here
 * @param initiatorCpuMicros CPU time of the load generator per command
 */
record Measurement(
    Workload workload,
    String peer,
    int round,
    long commands,
    double seconds,
    double p50Micros,
    double p99Micros,
    double targetCpuMicros,
    double settledCpuMicros,
    double initiatorCpuMicros) {

  private static final double BYTES_PER_MEGABYTE = 1e6;

  double iops() {
    return commands / seconds;
  }

  double megabytesPerSecond() {
    return iops() * workload.blockBytes() / BYTES_PER_MEGABYTE;
  }
}
