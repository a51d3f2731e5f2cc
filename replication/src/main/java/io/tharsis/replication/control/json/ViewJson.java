package io.tharsis.replication.control.json;

import io.tharsis.replication.control.view.ClusterView;
import io.tharsis.replication.control.view.Lag;
import io.tharsis.replication.control.view.NodeView;
import io.tharsis.replication.control.view.Progress;
import io.tharsis.replication.control.view.ReplicaView;
import io.tharsis.replication.control.view.ResourceView;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Views in JSON: what {@code /v1/view} answers and {@code tharsis view --json} shows. */
public final class ViewJson {

  private static final String AGE = "ageMillis";

  private ViewJson() {}

  /** The text of a view. */
  public static String write(ClusterView view) {
    return JsonText.write(
        Json.Fields.empty()
            .with("node", view.node())
            .withSome("cluster", view.cluster())
            .with("nodes", view.nodes(), ViewJson::node)
            .with("resources", view.resources(), ViewJson::resource)
            .with("alarms", view.alarms()));
  }

  private static Json.Fields node(NodeView node) {
    return Json.Fields.empty()
        .with("name", node.name())
        .with("id", node.id())
        .with("version", node.version())
        .with("peers", node.peers())
        .with("linked", node.linked())
        .with(AGE, node.age());
  }

  private static Json.Fields resource(ResourceView resource) {
    return Json.Fields.empty()
        .with("name", resource.name())
        .with("id", resource.id())
        .with("sizeBytes", resource.sizeBytes())
        .withSome("primary", resource.primary())
        .with("epoch", resource.epoch())
        .with("replicas", resource.replicas(), ViewJson::replica)
        .with("alarms", resource.alarms());
  }

  private static Json.Fields replica(ReplicaView replica) {
    return Json.Fields.empty()
        .with("host", replica.host())
        .with("disk", replica.disk())
        .withSome("diskDetail", replica.diskDetail())
        .with("replication", replica.replication())
        .with("role", replica.role())
        .with("flags", replica.flags())
        .with("checkpointLsn", replica.marks().checkpointLsn())
        .with("durableLsn", replica.marks().durableLsn())
        .with("lagBytes", replica.lag().bytes())
        .with("lagMillis", replica.lag().time())
        .with("progress", replica.progress(), ViewJson::progress)
        .with(AGE, replica.age())
        .withSome("hint", replica.hint());
  }

  private static Json.Fields progress(Progress progress) {
    Optional<Duration> eta = progress.eta();
    return Json.Fields.empty()
        .with("kind", progress.kind().word())
        .with("restBytes", progress.restBytes())
        .withSome("totalBytes", progress.totalBytes())
        .with("bytesPerSecond", progress.bytesPerSecond())
        .withSome(
            "etaMillis",
            eta.isPresent() ? OptionalLong.of(eta.get().toMillis()) : OptionalLong.empty());
  }

  /** Reads what {@link #write} makes. */
  public static ClusterView read(String text) throws MalformedJsonException {
    Json.Fields json = JsonText.parse(text);
    return new ClusterView(
        json.text("node"),
        json.optionalText("cluster"),
        json.objects("nodes", ViewJson::readNode),
        json.objects("resources", ViewJson::readResource),
        json.texts("alarms"));
  }

  private static NodeView readNode(Json.Fields json) throws MalformedJsonException {
    return new NodeView(
        json.text("name"),
        json.text("id"),
        json.text("version"),
        json.texts("peers"),
        json.bool("linked"),
        json.millis(AGE));
  }

  private static ResourceView readResource(Json.Fields json) throws MalformedJsonException {
    return new ResourceView(
        json.text("name"),
        json.text("id"),
        json.number("sizeBytes"),
        json.optionalText("primary"),
        json.number("epoch"),
        json.objects("replicas", ViewJson::readReplica),
        json.texts("alarms"));
  }

  private static ReplicaView readReplica(Json.Fields json) throws MalformedJsonException {
    return new ReplicaView(
        json.text("host"),
        json.text("disk"),
        json.textOrEmpty("diskDetail"),
        json.text("replication"),
        json.text("role"),
        json.text("flags"),
        new ReplicaView.Marks(json.number("checkpointLsn"), json.number("durableLsn")),
        new Lag(json.number("lagBytes"), json.millis("lagMillis")),
        json.objects("progress", ViewJson::readProgress),
        json.millis(AGE),
        json.textOrEmpty("hint"));
  }

  private static Progress readProgress(Json.Fields json) throws MalformedJsonException {
    OptionalLong eta = json.optionalNumber("etaMillis");
    return new Progress(
        kind(json.text("kind")),
        json.number("restBytes"),
        json.optionalNumber("totalBytes"),
        json.number("bytesPerSecond"),
        eta.isPresent() ? Optional.of(Duration.ofMillis(eta.getAsLong())) : Optional.empty());
  }

  private static Progress.Kind kind(String word) throws MalformedJsonException {
    return Stream.of(Progress.Kind.values())
        .filter(kind -> kind.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new MalformedJsonException("'" + word + "' is no kind of progress"));
  }
}
