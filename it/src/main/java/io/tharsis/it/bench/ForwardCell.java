package io.tharsis.it.bench;

import io.tharsis.it.bench.Figure.Bound;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a command takes through the portal of a node that is not the primary, beside the same
 * through the primary's own. That node has no replica: the durable writes of one would meet the
 * primary's at the one device of this machine, sooner or later as a command comes this way or that.
 *
 * @param pair with a second node that serves without a replica
 */
record ForwardCell(BenchPair pair, Series series, Stopwatch stopwatch) {

  /** Through which portal. */
  enum Portal {
    LOCAL("local"),
    FORWARDED("forwarded");

    private final String words;

    Portal(String words) {
      this.words = words;
    }
  }

  private static final int DEEP = 32;
  private static final List<Workload> WORKLOADS =
      Workload.ALL.stream()
          .filter(one -> one.mode() == CacheMode.DURABLE && one.access().isRandom())
          .toList();

  static String p50(Workload workload, Portal portal) {
    return "p50 us, %s, %s".formatted(workload.name(), portal.words);
  }

  static String rate(Workload workload, Portal portal) {
    return "IOPS, %s, %s".formatted(workload.name(), portal.words);
  }

  void round(int round) throws IOException {
    for (Workload workload : WORKLOADS) {
      for (int i = 0; i < Portal.values().length; i++) {
        measure(workload, Portal.values()[(i + round) % Portal.values().length], round);
      }
    }
    pair.awaitApplied();
  }

  private void measure(Workload workload, Portal portal, int round) throws IOException {
    Peer.Running target =
        switch (portal) {
          case LOCAL -> pair.target();
          case FORWARDED -> pair.forwarding();
        };
    Measurement one = stopwatch.measure(target, portal.words, workload, round);
    series.add(p50(workload, portal), one.p50Micros());
    series.add(rate(workload, portal), one.iops());
  }

  /** What follows from what was measured; nothing where nothing was. */
  static List<Figure> figures(Series series) {
    List<Figure> all = new ArrayList<>();
    for (Workload workload : WORKLOADS) {
      if (series.median(rate(workload, Portal.LOCAL)).isPresent()) {
        all.add(workload.depth() == DEEP ? kept(series, workload) : added(series, workload));
      }
    }
    return all;
  }

  private static Figure kept(Series series, Workload workload) {
    double local = series.median(rate(workload, Portal.LOCAL)).orElseThrow();
    double forwarded = series.median(rate(workload, Portal.FORWARDED)).orElseThrow();
    return new Figure(
        "forwarded " + workload.name(),
        forwarded / local,
        "of local",
        new Bound.AtLeast(0.4),
        Figure.text("%.0f/s forwarded, %.0f/s local", forwarded, local));
  }

  private static Figure added(Series series, Workload workload) {
    double local = series.median(p50(workload, Portal.LOCAL)).orElseThrow();
    double forwarded = series.median(p50(workload, Portal.FORWARDED)).orElseThrow();
    return new Figure(
        "forwarding adds, " + workload.name(),
        forwarded - local,
        "us",
        new Bound.AtMost(150),
        Figure.text("p50 %.0f us forwarded, %.0f us local", forwarded, local));
  }
}
