package io.tharsis.it.bench;

import java.io.IOException;
import java.time.Duration;

/**
 * How old what a secondary has is, while half as much is written durably as can be: 4 KiB at
 * random, depth 32.
 *
 * @param pair with a secondary that is caught up
 */
record LagCell(BenchPair pair, Series series, Duration duration) {

  static final String MOST = "durable 4 KiB writes at most, 1/s";
  static final String HALF = "half of them, 1/s";
  static final String LOG = "age of the secondary's log, median ms";
  static final String DISK = "age of the secondary's disk, median ms";
  static final String STEP = "a look every, ms";

  private static final String LOG_P99 = "age of the secondary's log, p99 ms";

  void round(int round) throws IOException {
    try (Load load = new Load(pair.target().url(), Workload.STEADY, round)) {
      Load.Run most = load.run(duration);
      series.add(MOST, perSecond(most));
      pair.awaitCaughtUp();
      LagSampler sampler = LagSampler.begin(pair);
      Load.Run half = load.run(Load.Limit.of(duration).atMost(perSecond(most) / 2));
      LagSampler.Lags lags = sampler.stop();
      series.add(HALF, perSecond(half));
      series.add(LOG, lags.logMillis());
      series.add(LOG_P99, lags.logP99Millis());
      series.add(DISK, lags.diskMillis());
      series.add(STEP, lags.stepMillis());
    }
    pair.awaitCaughtUp();
  }

  private static double perSecond(Load.Run run) {
    return run.commands() * 1e9 / run.nanos();
  }
}
