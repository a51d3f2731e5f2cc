package io.tharsis.it.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What a durable write of 4 KiB takes at the primary, whatever the link to its secondary does.
 *
 * @param pairs one per state of the link that is looked at
 * @param workloads which of {@link #WORKLOADS}
 */
record LinkCell(
    Map<Link, BenchPair> pairs, List<Workload> workloads, Series series, Stopwatch stopwatch) {

  /** What there is between the primary and a secondary. */
  enum Link {
    NONE("no secondary"),
    UP("link up"),
    THROTTLED("link at 1 %"),
    CUT("link cut");

    private final String words;

    Link(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  private static final Workload ONE =
      new Workload(
          "randwrite-durable-d1",
          Workload.Access.RANDOM_WRITE,
          Workload.STEADY.blockBytes(),
          1,
          CacheMode.DURABLE);

  static final List<Workload> WORKLOADS = List.of(ONE, Workload.STEADY);

  static String p50(Workload workload, Link link) {
    return "p50 us, depth %d, %s".formatted(workload.depth(), link.words());
  }

  static String p99(Workload workload, Link link) {
    return "p99 us, depth %d, %s".formatted(workload.depth(), link.words());
  }

  static String rate(Workload workload, Link link) {
    return "writes/s, depth %d, %s".formatted(workload.depth(), link.words());
  }

  /** CPU time of the primary per write of depth 32, all that it put off included. */
  static String cpu(Link link) {
    return "CPU us per write, " + link.words();
  }

  void round(int round) throws IOException {
    List<Link> links = List.copyOf(pairs.keySet());
    for (Workload workload : workloads) {
      for (int i = 0; i < links.size(); i++) {
        measure(workload, links.get((i + round) % links.size()), round);
      }
    }
  }

  private void measure(Workload workload, Link link, int round) throws IOException {
    BenchPair pair = pairs.get(link);
    Measurement one = stopwatch.measure(pair.target(), link.words(), workload, round);
    series.add(p50(workload, link), one.p50Micros());
    series.add(p99(workload, link), one.p99Micros());
    series.add(rate(workload, link), one.iops());
    if (workload.equals(Workload.STEADY)) {
      series.add(cpu(link), one.settledCpuMicros());
    }
  }
}
