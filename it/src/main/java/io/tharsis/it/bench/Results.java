package io.tharsis.it.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * Everything that was measured, and what follows from it. Owned by the benchmark's thread, which
 * adds to it.
 */
final class Results {

  static final String OURS = "tharsis";
  static final String REFERENCE = "tgt";

  private final List<Measurement> measurements = new ArrayList<>();
  private final List<Double> deviceMegabytesPerSecond = new ArrayList<>();
  private Optional<SteadyState.Outcome> steady = Optional.empty();

  void add(Measurement measurement) {
    measurements.add(measurement);
  }

  void addDevice(double megabytesPerSecond) {
    deviceMegabytesPerSecond.add(megabytesPerSecond);
  }

  void add(SteadyState.Outcome outcome) {
    steady = Optional.of(outcome);
  }

  List<Measurement> measurements() {
    return List.copyOf(measurements);
  }

  List<Double> device() {
    return List.copyOf(deviceMegabytesPerSecond);
  }

  Optional<SteadyState.Outcome> steady() {
    return steady;
  }

  List<Workload> workloads() {
    return measurements.stream().map(Measurement::workload).distinct().toList();
  }

  List<String> peers() {
    return measurements.stream().map(Measurement::peer).distinct().toList();
  }

  /** The median over the rounds; empty where that was not measured. */
  OptionalDouble median(Workload workload, String peer, Metric metric) {
    Stream<Measurement> cell =
        measurements.stream()
            .filter(one -> one.workload().equals(workload) && one.peer().equals(peer));
    List<Double> values = cell.map(metric::of).toList();
    return values.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Statistics.median(values));
  }

  /** Ours divided by the reference's; empty where one of them was not measured. */
  OptionalDouble ratio(Workload workload, Metric metric) {
    return quotient(median(workload, OURS, metric), median(workload, REFERENCE, metric));
  }

  /** Median of the device's sync bandwidth. */
  OptionalDouble deviceMedian() {
    return deviceMegabytesPerSecond.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(Statistics.median(deviceMegabytesPerSecond));
  }

  /**
   * Our throughput by the yardstick of the workload: the reference's, or, for what every log must
   * write twice, half of the device's sync bandwidth.
   */
  OptionalDouble score(Workload workload) {
    return switch (workload.yardstick()) {
      case REFERENCE -> ratio(workload, Metric.IOPS);
      case HALF_DEVICE -> {
        OptionalDouble half =
            deviceMedian().isEmpty()
                ? deviceMedian()
                : OptionalDouble.of(deviceMedian().getAsDouble() / 2);
        yield quotient(median(workload, OURS, Metric.MEGABYTES_PER_SECOND), half);
      }
    };
  }

  private static OptionalDouble quotient(OptionalDouble above, OptionalDouble below) {
    boolean defined = above.isPresent() && below.isPresent() && below.getAsDouble() > 0;
    return defined
        ? OptionalDouble.of(above.getAsDouble() / below.getAsDouble())
        : OptionalDouble.empty();
  }
}
