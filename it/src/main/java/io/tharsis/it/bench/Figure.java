package io.tharsis.it.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A number that is demanded of replication, made of medians. An immutable value.
 *
 * @param name what it is
 * @param value in {@code unit}
 * @param unit may be empty
 * @param bound the demand
 * @param made of which medians
 */
record Figure(String name, double value, String unit, Bound bound, String made) {

  /** What is demanded. */
  sealed interface Bound {
    /** So much or more. */
    record AtLeast(double limit) implements Bound {}

    /** So much or less. */
    record AtMost(double limit) implements Bound {}
  }

  /** Whether the demand is met. */
  boolean isMet() {
    return switch (bound) {
      case Bound.AtLeast(double limit) -> value >= limit;
      case Bound.AtMost(double limit) -> value <= limit;
    };
  }

  /** All that can be made of what was measured. */
  static List<Figure> of(Series series) {
    List<Figure> all = new ArrayList<>();
    series
        .median(FetchCell.FETCHED)
        .ifPresent(fetched -> {
          double tls = series.median(FetchCell.TLS).orElseThrow();
          double append = series.median(FetchCell.APPENDED).orElseThrow();
          all.add(
              new Figure(
                  "fetch rate",
                  fetched / Math.min(tls, append),
                  "of the slower",
                  new Bound.AtLeast(0.7),
                  text(
                      "fetched %.0f MB/s, TLS %.0f MB/s, append %.0f MB/s", fetched, tls, append)));
        });
    series
        .median(LagCell.LOG)
        .ifPresent(lag ->
            all.add(
                new Figure(
                    "median lag at half load",
                    lag,
                    "ms",
                    new Bound.AtMost(50),
                    text(
                        "log; disk %.0f ms; %.0f of %.0f writes/s; a look every %.0f ms",
                        series.median(LagCell.DISK).orElseThrow(),
                        series.median(LagCell.HALF).orElseThrow(),
                        series.median(LagCell.MOST).orElseThrow(),
                        series.median(LagCell.STEP).orElseThrow()))));
    cpu(series).ifPresent(all::add);
    all.addAll(SyncCell.figures(series));
    all.addAll(ForwardCell.figures(series));
    all.addAll(HandoverCell.figures(series));
    return all;
  }

  private static Optional<Figure> cpu(Series series) {
    OptionalDouble with = series.median(LinkCell.cpu(LinkCell.Link.UP));
    OptionalDouble without = series.median(LinkCell.cpu(LinkCell.Link.NONE));
    return with.isEmpty() || without.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Figure(
                "CPU per write with / without",
                with.getAsDouble() / without.getAsDouble(),
                "",
                new Bound.AtMost(1.25),
                text(
                    "primary, until idle: %.1f us with a secondary, %.1f us without",
                    with.getAsDouble(), without.getAsDouble())));
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is of a library that is not used here
  static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
