package io.tharsis.it.bench;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.OptionalDouble;

/** The results as a program reads them: where they come from, every round, medians, ratios. */
final class JsonReport {

  private final Results results;
  private final JsonGenerator json;

  private JsonReport(Results results, JsonGenerator json) {
    this.results = results;
    this.json = json;
  }

  /** Writes the file. */
  static void write(Path file, Instant date, Machine machine, Stopwatch stopwatch, Results results)
      throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(file.toFile(), JsonEncoding.UTF8)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField("date", date.toString());
      JsonReport report = new JsonReport(results, json);
      machine(json, machine);
      json.writeNumberField("warmUpMillis", stopwatch.warmUp().toMillis());
      json.writeNumberField("durationMillis", stopwatch.duration().toMillis());
      report.device();
      report.rounds();
      report.medians();
      report.steady();
      json.writeEndObject();
    }
  }

  static void machine(JsonGenerator json, Machine machine) throws IOException {
    json.writeStringField("commit", machine.commit());
    json.writeObjectFieldStart("machine");
    json.writeStringField("cpu", machine.cpu());
    json.writeNumberField("cores", machine.cores());
    json.writeStringField("kernel", machine.kernel());
    json.writeNumberField("memoryBytes", machine.memoryBytes());
    json.writeStringField("fileSystem", machine.fileSystem());
    json.writeStringField("tgt", machine.tgt());
    json.writeEndObject();
  }

  private void device() throws IOException {
    json.writeArrayFieldStart("deviceSyncMegabytesPerSecond");
    for (double value : results.device()) {
      json.writeNumber(rounded(value));
    }
    json.writeEndArray();
  }

  private void rounds() throws IOException {
    json.writeArrayFieldStart("rounds");
    for (Measurement one : results.measurements()) {
      json.writeStartObject();
      json.writeNumberField("round", one.round());
      json.writeStringField("workload", one.workload().name());
      json.writeStringField("peer", one.peer());
      json.writeNumberField("commands", one.commands());
      json.writeNumberField("seconds", rounded(one.seconds()));
      for (Metric metric : Metric.values()) {
        json.writeNumberField(metric.key(), rounded(metric.of(one)));
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void medians() throws IOException {
    json.writeArrayFieldStart("medians");
    for (Workload workload : results.workloads()) {
      json.writeStartObject();
      json.writeStringField("workload", workload.name());
      for (String peer : results.peers()) {
        json.writeObjectFieldStart(peer);
        for (Metric metric : Metric.values()) {
          optional(metric.key(), results.median(workload, peer, metric));
        }
        json.writeEndObject();
      }
      json.writeObjectFieldStart("ratio");
      for (Metric metric : Metric.values()) {
        optional(metric.key(), results.ratio(workload, metric));
      }
      json.writeEndObject();
      optional("score", results.score(workload));
      json.writeNumberField("requiredScore", workload.requiredScore());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void steady() throws IOException {
    if (results.steady().isPresent()) {
      SteadyState.Outcome outcome = results.steady().get();
      json.writeObjectFieldStart("steady");
      json.writeNumberField("writesPerSecond", rounded(outcome.writesPerSecond()));
      json.writeNumberField("appendedBytesPerSecond", rounded(outcome.appendedBytesPerSecond()));
      json.writeNumberField("appliedBytesPerSecond", rounded(outcome.appliedBytesPerSecond()));
      json.writeNumberField("applyRatio", rounded(outcome.applyRatio()));
      json.writeEndObject();
    }
  }

  private void optional(String name, OptionalDouble value) throws IOException {
    if (value.isPresent()) {
      json.writeNumberField(name, rounded(value.getAsDouble()));
    }
  }

  static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
