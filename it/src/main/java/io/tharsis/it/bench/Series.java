package io.tharsis.it.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/**
 * What was measured, by name, a value per round, names in the order in which they came. Owned by
 * the benchmark's thread.
 */
final class Series {

  private final SequencedMap<String, List<Double>> values = new LinkedHashMap<>();

  private final PrintStream out;

  /** With nothing in it; every value that comes is said on {@code out}. */
  Series(PrintStream out) {
    this.out = out;
  }

  void add(String name, double value) {
    List<Double> of = values.computeIfAbsent(name, any -> new ArrayList<>());
    of.add(value);
    out.printf(Locale.ROOT, "round %d  %-44s%12.2f%n", of.size(), name, value);
  }

  /** Empty where that was not measured. */
  OptionalDouble median(String name) {
    List<Double> of = values.getOrDefault(name, List.of());
    return of.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Statistics.median(of));
  }

  /** The greatest of what was measured. */
  double most(String name) {
    return Collections.max(values.get(name));
  }

  Map<String, List<Double>> all() {
    return Collections.unmodifiableMap(values);
  }
}
