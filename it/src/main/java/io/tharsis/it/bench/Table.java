package io.tharsis.it.bench;

import java.util.Locale;
import java.util.OptionalDouble;

/** The results as a person reads them. */
final class Table {

  private static final int NAME_WIDTH = 27;
  private static final int COLUMN_WIDTH = 13;

  private final Results results;
  private final StringBuilder text = new StringBuilder();

  private Table(Results results) {
    this.results = results;
  }

  /** Medians per workload and peer, ratios, and what they are worth. */
  static String of(Results results) {
    Table table = new Table(results);
    table.head();
    results.workloads().forEach(table::workload);
    table.foot();
    return table.text.toString();
  }

  private void head() {
    text.append(String.format(Locale.ROOT, "%-" + NAME_WIDTH + "s%-9s", "medians", ""));
    for (Metric metric : Metric.values()) {
      text.append(right(metric.title()));
    }
    text.append('\n');
  }

  private void workload(Workload workload) {
    String name = workload.name();
    for (String peer : results.peers()) {
      text.append(String.format(Locale.ROOT, "%-" + NAME_WIDTH + "s%-9s", name, peer));
      for (Metric metric : Metric.values()) {
        text.append(right(number(results.median(workload, peer, metric))));
      }
      text.append('\n');
      name = "";
    }
    if (results.ratio(workload, Metric.IOPS).isPresent()) {
      text.append(String.format(Locale.ROOT, "%-" + NAME_WIDTH + "s%-9s", "", "ratio"));
      for (Metric metric : Metric.values()) {
        text.append(right(factor(results.ratio(workload, metric))));
      }
      text.append('\n');
    }
    results.score(workload).ifPresent(score -> verdict(workload, score));
  }

  private void verdict(Workload workload, double score) {
    String yardstick =
        switch (workload.yardstick()) {
          case REFERENCE -> Results.REFERENCE;
          case HALF_DEVICE -> "half of the device";
        };
    text.append(
        String.format(
            Locale.ROOT,
            "%-" + NAME_WIDTH + "s%.2f of %s, required %.1f: %s%n",
            "",
            score,
            yardstick,
            workload.requiredScore(),
            score >= workload.requiredScore() ? "ok" : "SHORT"));
  }

  private void foot() {
    results
        .deviceMedian()
        .ifPresent(device ->
            text.append(
                String.format(
                    Locale.ROOT, "device: 128 KiB O_DSYNC sequential %.0f MB/s%n", device)));
    results
        .steady()
        .ifPresent(outcome ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "steady state: %.0f writes/s, applied %.2f of what was appended, required %.1f: %s%n",
                    outcome.writesPerSecond(),
                    outcome.applyRatio(),
                    SteadyState.REQUIRED_APPLY_RATIO,
                    outcome.isEnough() ? "ok" : "SHORT")));
  }

  private static String right(String cell) {
    return String.format(Locale.ROOT, "%" + COLUMN_WIDTH + "s", cell);
  }

  private static String number(OptionalDouble value) {
    if (value.isEmpty()) {
      return "-";
    }
    return String.format(
        Locale.ROOT, value.getAsDouble() < 1000 ? "%.1f" : "%.0f", value.getAsDouble());
  }

  private static String factor(OptionalDouble value) {
    return value.isEmpty() ? "-" : String.format(Locale.ROOT, "%.2fx", value.getAsDouble());
  }
}
