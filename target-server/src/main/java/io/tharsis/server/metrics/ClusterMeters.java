package io.tharsis.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.tharsis.replication.control.view.ClusterView;
import io.tharsis.replication.control.view.NodeView;
import io.tharsis.replication.control.view.Progress;
import io.tharsis.replication.control.view.ReplicaView;
import io.tharsis.replication.control.view.ResourceView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Shows what a node knows of its cluster: every replica, and every other node. */
final class ClusterMeters {

  /** A replica and the resource it is of. */
  private record Row(String resource, ReplicaView replica) {
    Tags tags() {
      return Tags.of("resource", resource, "host", replica.host());
    }
  }

  private final MultiGauge state;
  private final MultiGauge lagBytes;
  private final MultiGauge lagSeconds;
  private final MultiGauge syncBytes;
  private final MultiGauge age;
  private final MultiGauge linked;
  private final MultiGauge alarms;

  ClusterMeters(MeterRegistry registry) {
    state = gauge(registry, "tharsis.replica.state", "1 for the states that a replica is in", "");
    lagBytes =
        gauge(
            registry,
            "tharsis.replica.lag",
            "Log between a replica's disk and the primary's durable end",
            "bytes");
    lagSeconds =
        gauge(
            registry,
            "tharsis.replica.lag.time",
            "Between the moment that a replica's disk shows and the last known of the primary",
            "seconds");
    syncBytes =
        gauge(
            registry, "tharsis.replica.sync.rest", "What of a disk is still to be synced", "bytes");
    age =
        gauge(registry, "tharsis.replica.age", "How old what is known of a replica is", "seconds");
    linked = gauge(registry, "tharsis.peer.linked", "1 if there is a live link to a node", "");
    alarms = gauge(registry, "tharsis.cluster.alarms", "What somebody must look at", "");
  }

  private static MultiGauge gauge(
      MeterRegistry registry, String name, String description, String unit) {
    MultiGauge.Builder builder = MultiGauge.builder(name).description(description);
    return (unit.isEmpty() ? builder : builder.baseUnit(unit)).register(registry);
  }

  /** Shows this from now on, and nothing that is not in it any more. */
  void update(ClusterView view) {
    List<Row> rows = new ArrayList<>();
    for (ResourceView resource : view.resources()) {
      resource.replicas().forEach(replica -> rows.add(new Row(resource.name(), replica)));
    }
    state.register(
        rows.stream()
            .<MultiGauge.Row<?>>map(row ->
                MultiGauge.Row.of(
                    row.tags()
                        .and(
                            "disk", row.replica().disk(),
                            "replication", row.replica().replication(),
                            "role", row.replica().role()),
                    1))
            .toList(),
        true);
    show(lagBytes, rows, replica -> replica.lag().bytes());
    show(lagSeconds, rows, replica -> seconds(replica.lag().time()));
    show(syncBytes, rows, ClusterMeters::syncRest);
    show(age, rows, replica -> seconds(replica.age()));
    linked.register(
        view.nodes().stream().<MultiGauge.Row<?>>map(ClusterMeters::peer).toList(), true);
    long raised =
        view.alarms().size()
            + view.resources().stream().mapToLong(resource -> resource.alarms().size()).sum();
    alarms.register(List.of(MultiGauge.Row.of(Tags.empty(), raised)), true);
  }

  private static void show(MultiGauge gauge, List<Row> rows, ToDoubleFunction<ReplicaView> value) {
    gauge.register(
        rows.stream()
            .<MultiGauge.Row<?>>map(
                row -> MultiGauge.Row.of(row.tags(), value.applyAsDouble(row.replica())))
            .toList(),
        true);
  }

  private static MultiGauge.Row<?> peer(NodeView node) {
    return MultiGauge.Row.of(Tags.of("node", node.name()), node.linked() ? 1 : 0);
  }

  private static double syncRest(ReplicaView replica) {
    return replica.progress().stream()
        .filter(work -> work.kind() == Progress.Kind.SYNC)
        .mapToDouble(Progress::restBytes)
        .sum();
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
