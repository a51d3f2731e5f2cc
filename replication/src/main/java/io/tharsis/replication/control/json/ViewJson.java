package io.tharsis.replication.control.json;

import io.tharsis.replication.control.view.BranchView;
import io.tharsis.replication.control.view.ClusterView;
import io.tharsis.replication.control.view.Lag;
import io.tharsis.replication.control.view.NodeView;
import io.tharsis.replication.control.view.Progress;
import io.tharsis.replication.control.view.ReplicaView;
import io.tharsis.replication.control.view.ResourceView;
import io.tharsis.replication.control.view.SettingsView;
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
        .with("settings", settings(resource.settings()))
        .with("replicas", resource.replicas(), ViewJson::replica)
        .with("alarms", resource.alarms());
  }

  private static Json.Fields settings(SettingsView settings) {
    return ModeJson.write(settings.mode(), Json.Fields.empty())
        .with(PolicyJson.ON_SPLIT, settings.onSplit().word())
        .with(PolicyJson.KEEP_BRANCH_DAYS, settings.keepBranches().toDays());
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
        .withSome("hint", replica.hint())
        .with("wouldLose", replica.branches().loss().stream().toList(), ViewJson::loss)
        .with("branches", replica.branches().kept(), ViewJson::kept);
  }

  private static Json.Fields loss(BranchView.Loss loss) {
    return Json.Fields.empty()
        .with("forkLsn", loss.forkLsn())
        .with("bytes", loss.bytes())
        .with("firstMillis", loss.firstMillis())
        .with("lastMillis", loss.lastMillis())
        .with("touchedBytes", loss.touchedBytes());
  }

  private static BranchView.Loss readLoss(Json.Fields json) throws MalformedJsonException {
    return new BranchView.Loss(
        json.number("forkLsn"),
        json.number("bytes"),
        json.number("firstMillis"),
        json.number("lastMillis"),
        json.number("touchedBytes"));
  }

  private static Json.Fields kept(BranchView.Kept kept) {
    return Json.Fields.empty()
        .with("name", kept.name())
        .with("epoch", kept.epoch())
        .with("fromLsn", kept.fromLsn())
        .with("toLsn", kept.toLsn())
        .with("fileBytes", kept.fileBytes())
        .with(AGE, kept.age())
        .with("restMillis", kept.rest());
  }

  private static BranchView.Kept readKept(Json.Fields json) throws MalformedJsonException {
    return new BranchView.Kept(
        json.text("name"),
        json.number("epoch"),
        json.number("fromLsn"),
        json.number("toLsn"),
        json.number("fileBytes"),
        json.millis(AGE),
        json.millis("restMillis"));
  }

  /** A node that does not know of branches tells of none. */
  private static BranchView readBranches(Json.Fields json) throws MalformedJsonException {
    return json.has("branches")
        ? new BranchView(
            json.objects("wouldLose", ViewJson::readLoss).stream().findFirst(),
            json.objects("branches", ViewJson::readKept))
        : BranchView.NONE;
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
        json.has("settings") ? readSettings(json.object("settings")) : SettingsView.STANDARD,
        json.objects("replicas", ViewJson::readReplica),
        json.texts("alarms"));
  }

  private static SettingsView readSettings(Json.Fields json) throws MalformedJsonException {
    return new SettingsView(
        ModeJson.read(json),
        PolicyJson.onSplit(json),
        Duration.ofDays(json.number(PolicyJson.KEEP_BRANCH_DAYS)));
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
        json.textOrEmpty("hint"),
        readBranches(json));
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
