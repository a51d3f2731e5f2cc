package io.tharsis.it.bench;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tharsis.it.bench.Figure.Bound;
import io.tharsis.it.bench.LinkCell.Link;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The results of {@code it/bench --replication}, for a person and for a program. An immutable
 * value.
 */
record ReplicationReport(Series series, List<Figure> figures) {

  /** Demands and what became of them; latencies by the state of the link; all medians. */
  String table() {
    StringBuilder text = new StringBuilder();
    for (Figure one : figures) {
      text.append(
          Figure.text(
              "%-31s%8.2f %-15s%-18s %-6s %s%n",
              one.name(),
              one.value(),
              one.unit(),
              demand(one.bound()),
              one.isMet() ? "ok" : "SHORT",
              one.made()));
    }
    if (series.median(LinkCell.cpu(Link.UP)).isPresent()) {
      text.append(links());
    }
    text.append('\n');
    series
        .all()
        .forEach((name, values) ->
            text.append(
                Figure.text(
                    "%-44s%12.2f   of %s%n", name, Statistics.median(values), words(values))));
    return text.toString();
  }

  private static String words(List<Double> values) {
    return values.stream().map(one -> Figure.text("%.2f", one)).collect(Collectors.joining(" "));
  }

  private static String demand(Bound bound) {
    return switch (bound) {
      case Bound.AtLeast(double limit) -> Figure.text("required >= %s", limit);
      case Bound.AtMost(double limit) -> Figure.text("required <= %s", limit);
    };
  }

  private String links() {
    StringBuilder text = new StringBuilder("\n");
    text.append(Figure.text("%-31s", "durable 4 KiB writes"));
    for (Link link : Link.values()) {
      text.append(Figure.text("%14s", link.words()));
    }
    text.append('\n');
    for (Workload workload : LinkCell.WORKLOADS) {
      String depth = "depth " + workload.depth();
      text.append(row(depth + " p50 us", link -> LinkCell.p50(workload, link)));
      text.append(row(depth + " p99 us", link -> LinkCell.p99(workload, link)));
      text.append(row(depth + " writes/s", link -> LinkCell.rate(workload, link)));
    }
    return text.append(row("CPU us per write, depth 32", LinkCell::cpu)).toString();
  }

  private String row(String title, Function<Link, String> name) {
    StringBuilder text = new StringBuilder(Figure.text("%-31s", title));
    for (Link link : Link.values()) {
      OptionalDouble median = series.median(name.apply(link));
      text.append(Figure.text("%14.1f", median.orElse(Double.NaN)));
    }
    return text.append('\n').toString();
  }

  /** Writes the file. */
  void write(Path file, Instant date, Machine machine) throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(file.toFile(), JsonEncoding.UTF8)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField("date", date.toString());
      JsonReport.machine(json, machine);
      json.writeArrayFieldStart("figures");
      for (Figure one : figures) {
        figure(json, one);
      }
      json.writeEndArray();
      json.writeObjectFieldStart("rounds");
      for (Map.Entry<String, List<Double>> one : series.all().entrySet()) {
        json.writeArrayFieldStart(one.getKey());
        for (double value : one.getValue()) {
          json.writeNumber(JsonReport.rounded(value));
        }
        json.writeEndArray();
      }
      json.writeEndObject();
      json.writeEndObject();
    }
  }

  private static void figure(JsonGenerator json, Figure one) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", one.name());
    json.writeNumberField("value", JsonReport.rounded(one.value()));
    switch (one.bound()) {
      case Bound.AtLeast(double limit) -> json.writeNumberField("atLeast", limit);
      case Bound.AtMost(double limit) -> json.writeNumberField("atMost", limit);
    }
    json.writeBooleanField("met", one.isMet());
    json.writeEndObject();
  }
}
