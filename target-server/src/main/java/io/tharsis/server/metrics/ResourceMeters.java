package io.tharsis.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The meters of one resource's log and disk: they tell the numbers it was last given. One thread at
 * a time gives them, any may read.
 */
final class ResourceMeters {

  private final MeterRegistry registry;
  private final String resource;
  private final MultiGauge state;
  private volatile ResourceNumbers numbers = ResourceNumbers.UNKNOWN;

  ResourceMeters(MeterRegistry registry, String resource) {
    this.registry = registry;
    this.resource = resource;
    this.state =
        MultiGauge.builder("tharsis.resource.state")
            .description("1 for the state that the resource is in")
            .tag("resource", resource)
            .register(registry);
    registerTotals();
    registerSpace();
    lsn("checkpoint", all -> all.watermarks().checkpointLsn());
    lsn("durable", all -> all.watermarks().durableLsn());
    lsn("appended", all -> all.watermarks().appendedLsn());
    update(numbers);
  }

  private void registerTotals() {
    FunctionCounter.builder("tharsis.log.appended", this, of(all -> all.totals().appendedBytes()))
        .description("Bytes appended to the log")
        .baseUnit("bytes")
        .tag("resource", resource)
        .register(registry);
    FunctionCounter.builder("tharsis.log.batches", this, of(all -> all.totals().batches()))
        .description("Batches of records that were made durable together")
        .tag("resource", resource)
        .register(registry);
    FunctionCounter.builder("tharsis.applied", this, of(all -> all.totals().appliedBytes()))
        .description("Bytes of the log that were brought to the disk")
        .baseUnit("bytes")
        .tag("resource", resource)
        .register(registry);
  }

  private void registerSpace() {
    bytes("unapplied", "Log that is not on the disk yet", ResourceNumbers::unappliedBytes);
    bytes("log.space", "Space that the logfiles take", ResourceNumbers::logSpaceBytes);
    bytes("log.space.limit", "Space that the logfiles may take", ResourceNumbers::logLimitBytes);
  }

  private void bytes(String name, String description, ToDoubleFunction<ResourceNumbers> number) {
    Gauge.builder("tharsis." + name, this, of(number))
        .description(description)
        .baseUnit("bytes")
        .tag("resource", resource)
        .register(registry);
  }

  private void lsn(String watermark, ToDoubleFunction<ResourceNumbers> number) {
    Gauge.builder("tharsis.lsn", this, of(number))
        .description("Positions in the log: everything below is on the disk, durable, appended")
        .tags("resource", resource, "watermark", watermark)
        .register(registry);
  }

  private static ToDoubleFunction<ResourceMeters> of(ToDoubleFunction<ResourceNumbers> number) {
    return meters -> number.applyAsDouble(meters.numbers);
  }

  void update(ResourceNumbers latest) {
    numbers = latest;
    show(latest.state());
  }

  /** It did not answer: the last numbers stay, its state is not known. */
  void silent() {
    show("silent");
  }

  private void show(String word) {
    state.register(List.of(MultiGauge.Row.of(Tags.of("state", word), 1)), true);
  }
}
