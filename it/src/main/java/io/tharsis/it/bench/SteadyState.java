package io.tharsis.it.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;

/**
 * Random durable writes for so long that nothing can be put off: the log must be applied about as
 * fast as it is written.
 *
 * @param duration of the whole run; the first sixth fills the log's working space and does not
 *     count
 */
record SteadyState(Duration duration) {

  /** Bytes applied per byte appended that are required. */
  static final double REQUIRED_APPLY_RATIO = 0.9;

  private static final int SLICES = 12;
  private static final int FILLING_SLICES = 2;

  /**
   * What came of it.
   *
   * @param writesPerSecond acknowledged, over the counted part
   * @param appendedBytesPerSecond into the log
   * @param appliedBytesPerSecond from the log to the disk
   */
  record Outcome(
      double writesPerSecond, double appendedBytesPerSecond, double appliedBytesPerSecond) {

    double applyRatio() {
      return appliedBytesPerSecond / appendedBytesPerSecond;
    }

    boolean isEnough() {
      return applyRatio() >= REQUIRED_APPLY_RATIO;
    }
  }

  /** Runs the load and prints a line per slice. */
  Outcome run(Peer.Running target, ApplyProgress progress, PrintStream out) throws IOException {
    Duration slice = duration.dividedBy(SLICES);
    try (Load load = new Load(target.url(), Workload.STEADY, 1)) {
      ApplyProgress.Bytes begin = progress.read();
      ApplyProgress.Bytes last = begin;
      long countedNanos = 0;
      long countedWrites = 0;
      for (int i = 1; i <= SLICES; i++) {
        Load.Run run = load.run(slice);
        ApplyProgress.Bytes now = progress.read();
        print(out, i, run, outcome(run.commands(), run.nanos(), last, now));
        last = now;
        if (i == FILLING_SLICES) {
          begin = now;
        } else if (i > FILLING_SLICES) {
          countedNanos += run.nanos();
          countedWrites += run.commands();
        }
      }
      return outcome(countedWrites, countedNanos, begin, last);
    }
  }

  private static void print(PrintStream out, int slice, Load.Run run, Outcome outcome) {
    out.printf(
        "steady %2d/%d  %7.0f IOPS  p99 %7.0f us  appended %6.1f MB/s  applied %6.1f MB/s%n",
        slice,
        SLICES,
        outcome.writesPerSecond(),
        run.latencies().getValueAtPercentile(99) / 1e3,
        outcome.appendedBytesPerSecond() / 1e6,
        outcome.appliedBytesPerSecond() / 1e6);
  }

  private static Outcome outcome(
      long writes, long nanos, ApplyProgress.Bytes from, ApplyProgress.Bytes to) {
    double seconds = nanos / 1e9;
    return new Outcome(
        writes / seconds,
        (to.appended() - from.appended()) / seconds,
        (to.applied() - from.applied()) / seconds);
  }
}
