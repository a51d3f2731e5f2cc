package io.tharsis.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.volume.ResourceStatus;
import io.tharsis.replication.control.view.ClusterView;
import io.tharsis.replication.link.LinkCounts;
import io.tharsis.replication.link.LinkEvent;
import io.tharsis.server.ring.AppendProbe;
import io.tharsis.server.scsi.TargetDevice;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * All meters of a node, each with a name beginning with {@code tharsis}, a unit and a description.
 * Belongs to the node; any thread may use it.
 */
public final class NodeMetrics {

  private static final long ANSWER_MILLIS = 2_000;

  private record Log(ResourceMeters meters, Supplier<CompletionStage<ResourceStatus>> question) {}

  /**
   * What moved through all resources since the start.
   *
   * @param commands READs and WRITEs
   * @param bytes of them
   */
  public record Moved(double commands, double bytes) {}

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<String, CommandMeters> commands = new ConcurrentHashMap<>();
  private final Map<String, Log> logs = new ConcurrentHashMap<>();
  private final EdgeMeters edge = new EdgeMeters(registry);
  private volatile Optional<Supplier<LinkCounts>> links = Optional.empty();
  private volatile Optional<Supplier<Optional<ClusterView>>> cluster = Optional.empty();
  private final ClusterMeters clusterMeters = new ClusterMeters(registry);

  /** What the iSCSI edge counts. */
  public EdgeMeters edge() {
    return edge;
  }

  /** Tells what the node runs on: how its loops wait and how its log becomes durable. */
  public void describe(String transport, AppendProbe.Finding append) {
    Gauge.builder("tharsis.node.info", () -> 1)
        .description("Always 1; what the node runs on")
        .tags("transport", transport, "append", append.chosen().word())
        .register(registry);
    for (AppendProbe.Measurement measured : append.measured()) {
      latency(measured, "4KiB", measured.smallNanos());
      latency(measured, "128KiB", measured.largeNanos());
    }
  }

  private void latency(AppendProbe.Measurement measured, String batch, long nanos) {
    Gauge.builder(
            "tharsis.append.probe.latency", () -> (double) nanos / TimeUnit.SECONDS.toNanos(1))
        .description("Median time to make a batch durable, as measured at start")
        .baseUnit("seconds")
        .tags("method", measured.method().word(), "batch", batch)
        .register(registry);
  }

  /**
   * Begins to count what initiators do with a resource here, until {@link #discount}.
   *
   * @param device whose commands are counted, on its owner
   * @return what initiators are to be given in place of {@code device}
   */
  public TargetDevice count(String resource, TargetDevice device) {
    CommandMeters meters = new CommandMeters(registry, resource);
    Invariant.check(commands.put(resource, meters) == null, "counted once", resource);
    return new MeteredTarget(device, meters);
  }

  /** Ends counting: nothing is shown of it any more. Idempotent. */
  public void discount(String resource) {
    Optional.ofNullable(commands.remove(resource)).ifPresent(CommandMeters::remove);
  }

  /**
   * Begins to show the log and the disk of a resource, which are open here, until {@link #conceal}.
   *
   * @param question asks the resource how it is doing; may be called on any thread
   */
  public void show(String resource, Supplier<CompletionStage<ResourceStatus>> question) {
    conceal(resource);
    logs.put(resource, new Log(new ResourceMeters(registry, resource), question));
  }

  /** Shows them no more. Idempotent. */
  public void conceal(String resource) {
    Optional.ofNullable(logs.remove(resource)).ifPresent(log -> log.meters().remove());
  }

  /**
   * Shows what happens to links with other nodes. Called once.
   *
   * @param counts since the start; may be asked on any thread
   */
  public void links(Supplier<LinkCounts> counts) {
    links = Optional.of(counts);
    for (LinkEvent event : LinkEvent.values()) {
      FunctionCounter.builder("tharsis.link.events", this, metrics -> metrics.count(event))
          .description("Links with other nodes, and what wanted to be one, by what became of them")
          .tag("event", event.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }

  /**
   * Shows how long this node's certificate is still good. Called once.
   *
   * @param until when it ends; asked at every scrape, empty while the node has none
   */
  public void certificate(Supplier<Optional<Instant>> until) {
    Gauge.builder("tharsis.certificate.rest", () -> restSeconds(until.get()))
        .description("How long the certificate of this node is still good; NaN if it has none")
        .baseUnit("seconds")
        .register(registry);
  }

  private static double restSeconds(Optional<Instant> until) {
    return until
        .map(end -> Duration.between(Instant.now(), end).toMillis() / 1000.0)
        .orElse(Double.NaN);
  }

  /**
   * Shows replicas and other nodes, as this node knows them.
   *
   * @param view asked at every scrape; may block, and may know nothing
   */
  public void cluster(Supplier<Optional<ClusterView>> view) {
    cluster = Optional.of(view);
  }

  private double count(LinkEvent event) {
    return links.map(counts -> counts.get().of(event)).orElse(0L);
  }

  /**
   * Everything, in Prometheus' text format 0.0.4. Asks every open log and waits up to two seconds
   * for each; one that does not answer is shown as {@code silent} with its last numbers.
   */
  public String scrape() {
    List<Answer> answers =
        logs.values().stream().map(log -> new Answer(log, log.question.get())).toList();
    answers.forEach(NodeMetrics::take);
    cluster.flatMap(Supplier::get).ifPresent(clusterMeters::update);
    return registry.scrape();
  }

  private record Answer(Log log, CompletionStage<ResourceStatus> status) {}

  private static void take(Answer answer) {
    try {
      answer.log.meters.update(
          answer.status.toCompletableFuture().get(ANSWER_MILLIS, TimeUnit.MILLISECONDS));
    } catch (TimeoutException | ExecutionException silent) {
      answer.log.meters.silent();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** What moved through all resources so far. */
  public Moved moved() {
    double count = 0;
    double bytes = 0;
    for (CommandMeters each : commands.values()) {
      count += each.count(Operation.READ) + each.count(Operation.WRITE);
      bytes += each.movedBytes();
    }
    return new Moved(count, bytes);
  }

  /** Every meter there is. */
  List<Meter> meters() {
    return registry.getMeters();
  }
}
