package io.tharsis.it.bench;

import java.io.IOException;
import java.time.Duration;

/**
 * Takes one measurement after the other on peers that run. Owned by the benchmark's thread.
 *
 * @param warmUp load before each measurement, not counted
 * @param duration load that is counted
 */
record Stopwatch(Duration warmUp, Duration duration) {

  private static final Duration IDLE_SAMPLE = Duration.ofMillis(300);
  private static final long IDLE_MICROS = 15_000;
  private static final Duration IDLE_LIMIT = Duration.ofSeconds(20);
  private static final double NANOS_PER_MICRO = 1e3;
  private static final double NANOS_PER_SECOND = 1e9;

  /** Warms up, waits until the target is idle, measures, and waits until it is idle again. */
  Measurement measure(Peer.Running target, String peer, Workload workload, int round)
      throws IOException {
    try (Load load = new Load(target.url(), workload, round)) {
      load.run(warmUp);
      awaitIdle(target.child());
      long before = target.child().cpuMicros();
      Load.Run run = load.run(duration);
      long during = target.child().cpuMicros() - before;
      awaitIdle(target.child());
      long settled = target.child().cpuMicros() - before;
      double commands = Math.max(1, run.commands());
      return new Measurement(
          workload,
          peer,
          round,
          run.commands(),
          run.nanos() / NANOS_PER_SECOND,
          run.latencies().getValueAtPercentile(50) / NANOS_PER_MICRO,
          run.latencies().getValueAtPercentile(99) / NANOS_PER_MICRO,
          during / commands,
          settled / commands,
          run.ownCpuNanos() / NANOS_PER_MICRO / commands);
    }
  }

  /**
   * What a target puts off (applying, writing back, compiling) must not be charged to the next one.
   */
  private static void awaitIdle(ChildProcess child) throws IOException {
    long deadline = System.nanoTime() + IDLE_LIMIT.toNanos();
    long last = child.cpuMicros();
    long used = Long.MAX_VALUE;
    while (used > IDLE_MICROS && System.nanoTime() < deadline) {
      Loopback.pause(IDLE_SAMPLE);
      long now = child.cpuMicros();
      used = now - last;
      last = now;
    }
  }
}
