package io.tharsis.it.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What durable writes of 4 KiB take in each mode of replication.
 *
 * @param pair with a secondary that is caught up; the mode is {@code async} when a round ends
 */
record ModeCell(BenchPair pair, Series series, Stopwatch stopwatch) {

  private static final List<Map<String, Object>> MODES =
      List.of(
          Map.of("mode", "async"),
          Map.of("mode", "near-sync", "lagMillis", 1000),
          Map.of("mode", "sync"));

  void round(int round) throws IOException {
    for (int i = 0; i < MODES.size(); i++) {
      Map<String, Object> mode = MODES.get((i + round) % MODES.size());
      set(mode);
      for (Workload workload : LinkCell.WORKLOADS) {
        String words = "depth %d, %s".formatted(workload.depth(), mode.get("mode"));
        Measurement one = stopwatch.measure(pair.target(), words, workload, round);
        series.add("p50 us, " + words, one.p50Micros());
        series.add("p99 us, " + words, one.p99Micros());
        series.add("writes/s, " + words, one.iops());
      }
    }
    set(MODES.getFirst());
    pair.awaitCaughtUp();
  }

  private void set(Map<String, Object> mode) throws IOException {
    Map<String, Object> fields = new TreeMap<>(mode);
    fields.put("resource", BenchPair.RESOURCE);
    pair.primary().tell("set-mode", fields);
  }
}
