package io.tharsis.it.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/**
 * What was measured, by name, a value per round, names in the order in which they came. Owned by
 * the benchmark's thread.
 */
final class Series {

  private final SequencedMap<String, List<Double>> values = new LinkedHashMap<>();

  void add(String name, double value) {
    values.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
  }

  /** Empty where that was not measured. */
  OptionalDouble median(String name) {
    List<Double> of = values.getOrDefault(name, List.of());
    return of.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Statistics.median(of));
  }

  Map<String, List<Double>> all() {
    return Collections.unmodifiableMap(values);
  }
}
