package io.tharsis.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tharsis.server.scsi.ScsiResult;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What is counted of the commands of one resource. Any thread may use it. */
final class CommandMeters {

  private static final int GOOD = 0;

  private static final Duration[] LATENCY_BUCKETS = {
    Duration.ofNanos(50_000),
    Duration.ofNanos(100_000),
    Duration.ofNanos(200_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(50),
    Duration.ofMillis(200),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
  };

  private final MeterRegistry registry;
  private final Map<Operation, Timer> latency = new EnumMap<>(Operation.class);
  private final Counter reads;
  private final Counter writes;
  private final Counter readBytes;
  private final Counter writtenBytes;
  private final Counter failures;
  private final Counter aborts;

  CommandMeters(MeterRegistry registry, String resource) {
    this.registry = registry;
    for (Operation operation : Operation.values()) {
      latency.put(
          operation,
          Timer.builder("tharsis.command.latency")
              .description("Time from a command's arrival in the task set to its result")
              .tags("resource", resource, "operation", operation.word())
              .serviceLevelObjectives(LATENCY_BUCKETS)
              .register(registry));
    }
    reads = counter(registry, resource, "reads", "READ commands that succeeded");
    writes = counter(registry, resource, "writes", "WRITE commands that succeeded");
    readBytes = bytes(registry, resource, "read", "Bytes that READ commands returned");
    writtenBytes = bytes(registry, resource, "written", "Bytes that WRITE commands stored");
    failures =
        counter(registry, resource, "command.failures", "Commands whose status was not GOOD");
    aborts = counter(registry, resource, "command.aborts", "Commands that were aborted");
  }

  /** They are not shown any more; what still counts in them is lost. */
  void remove() {
    latency.values().forEach(registry::remove);
    List.of(reads, writes, readBytes, writtenBytes, failures, aborts).forEach(registry::remove);
  }

  private static Counter counter(
      MeterRegistry registry, String resource, String name, String description) {
    return Counter.builder("tharsis." + name)
        .description(description)
        .tag("resource", resource)
        .register(registry);
  }

  private static Counter bytes(
      MeterRegistry registry, String resource, String name, String description) {
    return Counter.builder("tharsis." + name)
        .description(description)
        .baseUnit("bytes")
        .tag("resource", resource)
        .register(registry);
  }

  void ended(Operation operation, ScsiResult result, int dataOutBytes, long nanos) {
    latency.get(operation).record(nanos, TimeUnit.NANOSECONDS);
    if (result.status() != GOOD) {
      failures.increment();
      return;
    }
    switch (operation) {
      case READ -> {
        reads.increment();
        readBytes.increment(result.dataIn().readableBytes());
      }
      case WRITE -> {
        writes.increment();
        writtenBytes.increment(dataOutBytes);
      }
      case UNMAP, FLUSH, OTHER -> {}
    }
  }

  void aborted() {
    aborts.increment();
  }

  double count(Operation operation) {
    return switch (operation) {
      case READ -> reads.count();
      case WRITE -> writes.count();
      case UNMAP, FLUSH, OTHER -> latency.get(operation).count();
    };
  }

  double movedBytes() {
    return readBytes.count() + writtenBytes.count();
  }
}
