package io.tharsis.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.tharsis.logfiles.volume.ApplyState;
import io.tharsis.logfiles.volume.ResourceState;
import io.tharsis.logfiles.volume.ResourceStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The meters of one resource's log and disk: they tell the status it was last given. Any thread may
 * give it, read it and remove them.
 */
final class ResourceMeters {

  private final MeterRegistry registry;
  private final String resource;
  private final MultiGauge state;
  private final MultiGauge applier;
  private final List<Meter> numbers = new ArrayList<>();
  private volatile Optional<ResourceStatus> latest = Optional.empty();
  private boolean removed;

  ResourceMeters(MeterRegistry registry, String resource) {
    this.registry = registry;
    this.resource = resource;
    this.state = states("tharsis.resource.state", "1 for the state that the resource is in");
    this.applier = states("tharsis.applier.state", "1 for what brings the log to the disk does");
    total("tharsis.log.appended", "Bytes appended to the log", s -> s.traffic().appendedBytes());
    total("tharsis.applied", "Bytes of log brought to the disk", s -> s.traffic().appliedBytes());
    bytes("unapplied", "Log that is not on the disk yet", s -> s.watermarks().unappliedBytes());
    bytes("log.space", "Space that the logfiles take", s -> s.space().usedBytes());
    bytes("log.space.limit", "Space that the logfiles may take", s -> s.space().limitBytes());
    bytes("overlay", "Memory of the overlay", s -> s.space().overlayBytes());
    number(
        "tharsis.held.answers",
        "Answers to writes that are durable here and wait for members",
        s -> s.answering().waiting());
    number(
        "tharsis.promise.degraded",
        "1 while writes are answered without what the mode promises",
        s -> s.answering().degraded() ? 1 : 0);
    numbers.add(
        Gauge.builder("tharsis.held.changes", this, of(s -> s.space().heldChanges()))
            .description("Changes that wait for room in the log")
            .tag("resource", resource)
            .register(registry));
    lsn("retained", s -> s.watermarks().retained());
    lsn("checkpoint", s -> s.watermarks().checkpoint());
    lsn("horizon", s -> s.watermarks().horizon());
    lsn("durable", s -> s.watermarks().durable());
    lsn("appended", s -> s.watermarks().appended());
  }

  private MultiGauge states(String name, String description) {
    return MultiGauge.builder(name)
        .description(description)
        .tag("resource", resource)
        .register(registry);
  }

  private void total(String name, String description, ToDoubleFunction<ResourceStatus> number) {
    numbers.add(
        FunctionCounter.builder(name, this, of(number))
            .description(description)
            .baseUnit("bytes")
            .tag("resource", resource)
            .register(registry));
  }

  private void bytes(String name, String description, ToDoubleFunction<ResourceStatus> number) {
    numbers.add(
        Gauge.builder("tharsis." + name, this, of(number))
            .description(description)
            .baseUnit("bytes")
            .tag("resource", resource)
            .register(registry));
  }

  private void number(String name, String words, ToDoubleFunction<ResourceStatus> number) {
    numbers.add(
        Gauge.builder(name, this, of(number))
            .description(words)
            .tag("resource", resource)
            .register(registry));
  }

  private void lsn(String watermark, ToDoubleFunction<ResourceStatus> number) {
    numbers.add(
        Gauge.builder("tharsis.lsn", this, of(number))
            .description(
                "Positions in the log: what is below is kept, on the disk, durable, appended")
            .tags("resource", resource, "watermark", watermark)
            .register(registry));
  }

  private static ToDoubleFunction<ResourceMeters> of(ToDoubleFunction<ResourceStatus> number) {
    return meters -> meters.latest.map(number::applyAsDouble).orElse(0.0);
  }

  synchronized void update(ResourceStatus status) {
    latest = Optional.of(status);
    show(state, word(status.state()));
    show(applier, word(status.apply()));
  }

  /** It did not answer: the last numbers stay, its state is not known. */
  synchronized void silent() {
    show(state, "silent");
    show(applier, "silent");
  }

  /** They are not shown any more, not even when the last question is answered at last. */
  synchronized void remove() {
    removed = true;
    numbers.forEach(registry::remove);
    state.register(List.of(), true);
    applier.register(List.of(), true);
  }

  private void show(MultiGauge states, String word) {
    if (!removed) {
      states.register(List.of(MultiGauge.Row.of(Tags.of("state", word), 1)), true);
    }
  }

  private static String word(ResourceState state) {
    return switch (state) {
      case ResourceState.Opening opening -> "opening";
      case ResourceState.Serving serving -> "serving";
      case ResourceState.Stopped stopped -> "stopped";
      case ResourceState.Ceded ceded -> "ceded";
      case ResourceState.Failed failed -> "failed";
      case ResourceState.Closing closing -> "closing";
      case ResourceState.Closed closed -> "closed";
    };
  }

  private static String word(ApplyState state) {
    return switch (state) {
      case ApplyState.Idle idle -> "idle";
      case ApplyState.Running running -> "running";
      case ApplyState.Paused paused -> "paused";
      case ApplyState.DiskGrowing growing -> "disk_growing";
      case ApplyState.DiskTooSmall small -> "disk_too_small";
      case ApplyState.PausedNoSpace full -> "paused_no_space";
      case ApplyState.Retrying retrying -> "retrying";
      case ApplyState.Stopped stopped -> "stopped";
    };
  }
}
