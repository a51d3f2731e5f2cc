package io.tharsis.cli;

import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.control.TimeSpan;
import io.tharsis.replication.control.view.BranchView;
import io.tharsis.replication.control.view.ClusterView;
import io.tharsis.replication.control.view.NodeView;
import io.tharsis.replication.control.view.Progress;
import io.tharsis.replication.control.view.ReplicaView;
import io.tharsis.replication.control.view.ResourceView;
import io.tharsis.replication.control.view.SettingsView;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Renders what a node answers for people. */
final class NodeText {

  private static final double PERCENT = 100;

  private NodeText() {}

  static void outcome(Outcome outcome, boolean dryRun, PrintWriter out) {
    switch (outcome) {
      case Outcome.Done(boolean changed, List<String> steps) -> {
        String prefix = dryRun ? "would: " : changed ? "" : "nothing to do: ";
        steps.forEach(step -> out.println(prefix + step));
      }
      case Outcome.TokenMade(String token, String peer, Instant expires) -> {
        out.println("tharsis join-cluster " + peer + " --token " + token);
        out.println("at the node that is to join, before " + expires + "; it works once");
      }
      case Outcome.CaExported _ -> {
        out.println("the CA of the cluster is in the file, under the pass phrase");
        out.println("keep both away from the cluster, and from each other");
      }
      case Outcome.Verified verified -> verified(verified, out);
    }
  }

  private static void verified(Outcome.Verified verified, PrintWriter out) {
    TextTable table = new TextTable("HOST", ">COMPARED", ">DIFFERS", "RESULT");
    for (Outcome.MemberFinding member : verified.members()) {
      long differing = member.differing().stream().mapToLong(Outcome.Region::lengthBytes).sum();
      table.row(
          member.host(),
          DataSize.format(member.comparedBytes()),
          DataSize.format(differing),
          result(member));
    }
    table.print(out);
    for (Outcome.MemberFinding member : verified.members()) {
      for (Outcome.Region region : member.differing()) {
        out.println(
            "%s differs in volume %d, bytes [%d, %d)"
                .formatted(
                    member.host(),
                    region.volume(),
                    region.offset(),
                    region.offset() + region.lengthBytes()));
      }
    }
    out.println(
        (verified.equal() ? "all copies are equal" : "not all copies were found equal")
            + ", compared up to LSN "
            + verified.lsn());
  }

  private static String result(Outcome.MemberFinding member) {
    if (!member.skipped().isEmpty()) {
      return "not compared wholly: " + member.skipped();
    }
    if (member.differing().isEmpty()) {
      return "equal";
    }
    return member.repairing() ? "differs, is being synced" : "differs";
  }

  static void view(ClusterView view, boolean withNodes, PrintWriter out) {
    view.alarms().forEach(alarm -> out.println("ALARM: " + alarm));
    if (view.cluster().isEmpty()) {
      out.println(
          "node "
              + view.node()
              + " is in no cluster. Try: tharsis create-cluster, or tharsis join-cluster HOST:PORT"
              + " --token TOKEN");
      return;
    }
    if (withNodes) {
      nodes(view, out);
    }
    for (ResourceView resource : view.resources()) {
      out.println();
      resource(resource, out);
    }
    if (view.resources().isEmpty()) {
      out.println();
      out.println("no resources. Try: tharsis create-resource R DISK");
    }
  }

  private static void nodes(ClusterView view, PrintWriter out) {
    out.println(
        view.cluster().map(id -> "cluster " + id).orElse("no cluster")
            + ", as node "
            + view.node()
            + " knows it");
    TextTable table = new TextTable("NODE", "PEERS FIND IT AT", "LINK", ">AGE", "VERSION");
    for (NodeView node : view.nodes()) {
      boolean self = node.name().equals(view.node());
      table.row(
          node.name(),
          node.peers().isEmpty() ? "-" : String.join(", ", node.peers()),
          self ? "itself" : node.linked() ? "up" : "down",
          TimeSpan.format(node.age()),
          node.version());
    }
    table.print(out);
  }

  /** What is not as it is where nothing was said. */
  private static String settings(SettingsView settings) {
    StringBuilder all = new StringBuilder();
    switch (settings.mode()) {
      case ReplicationMode.Async _ -> {}
      case ReplicationMode.NearSync near ->
          all.append(", near-sync within ")
              .append(
                  Stream.of(
                          near.lagBytes().stream().mapToObj(DataSize::format),
                          near.lagTime().stream().map(TimeSpan::format))
                      .flatMap(bound -> bound)
                      .collect(Collectors.joining(" and ")))
              .append(linkLoss(near.onLinkLoss()));
      case ReplicationMode.Sync(int copies, ReplicationMode.LinkLoss loss) ->
          all.append(", sync with %d copies".formatted(copies)).append(linkLoss(loss));
    }
    if (settings.onSplit() != SettingsView.STANDARD.onSplit()) {
      all.append(", ").append(settings.onSplit().word()).append(" when split");
    }
    if (!settings.keepBranches().equals(SettingsView.STANDARD.keepBranches())) {
      all.append(", keeps branches for ").append(TimeSpan.format(settings.keepBranches()));
    }
    return all.toString();
  }

  private static String linkLoss(ReplicationMode.LinkLoss loss) {
    return " or %s after %s".formatted(loss.reaction().word(), TimeSpan.format(loss.after()));
  }

  private static void resource(ResourceView resource, PrintWriter out) {
    out.println(
        "%s: %s, %s, epoch %d%s"
            .formatted(
                resource.name(),
                DataSize.format(resource.sizeBytes()),
                resource.primary().map(host -> "primary " + host).orElse("no primary"),
                resource.epoch(),
                settings(resource.settings())));
    resource.alarms().forEach(alarm -> out.println("ALARM: " + alarm));
    TextTable table =
        new TextTable("HOST", "DISK", "REPLICATION", "ROLE", "FLAGS", ">BEHIND", ">BY", ">AGE");
    for (ReplicaView replica : resource.replicas()) {
      table.row(
          replica.host(),
          replica.disk() + (replica.diskDetail().isEmpty() ? "" : "[" + replica.diskDetail() + "]"),
          replica.replication(),
          replica.role(),
          replica.flags(),
          DataSize.format(replica.lag().bytes()),
          TimeSpan.format(replica.lag().time()),
          TimeSpan.format(replica.age()));
    }
    table.print(out);
    for (ReplicaView replica : resource.replicas()) {
      replica.progress().forEach(work -> out.println(replica.host() + " " + progress(work)));
      branches(replica, out);
      if (!replica.hint().isEmpty()) {
        out.println(replica.host() + " try: " + replica.hint());
      }
    }
  }

  private static void branches(ReplicaView replica, PrintWriter out) {
    BranchView branches = replica.branches();
    branches.loss().ifPresent(loss -> out.println(replica.host() + " would lose: " + words(loss)));
    for (BranchView.Kept kept : branches.kept()) {
      out.println(
          "%s keeps %s: epoch %d, LSN %d to %d, %s; for %s, to be deleted in %s"
              .formatted(
                  replica.host(),
                  kept.name(),
                  kept.epoch(),
                  kept.fromLsn(),
                  kept.toLsn(),
                  DataSize.format(kept.fileBytes()),
                  TimeSpan.format(kept.age()),
                  TimeSpan.format(kept.rest())));
    }
  }

  private static String words(BranchView.Loss loss) {
    String bytes =
        "%s of log from LSN %d on".formatted(DataSize.format(loss.bytes()), loss.forkLsn());
    return loss.firstMillis() == 0
        ? bytes + ", without a write"
        : "%s, written within %s from %s on, %s of the volume"
            .formatted(
                bytes,
                TimeSpan.format(Duration.ofMillis(loss.lastMillis() - loss.firstMillis())),
                Instant.ofEpochMilli(loss.firstMillis()),
                DataSize.format(loss.touchedBytes()));
  }

  private static String progress(Progress work) {
    StringBuilder text = new StringBuilder(work.kind().word()).append(": ");
    if (work.totalBytes().isPresent()) {
      long total = work.totalBytes().getAsLong();
      double done = total == 0 ? PERCENT : PERCENT * (total - work.restBytes()) / total;
      text.append(String.format(Locale.ROOT, "%.1f %% done, ", done));
    }
    text.append(DataSize.format(work.restBytes()))
        .append(" left at ")
        .append(DataSize.format(work.bytesPerSecond()))
        .append("/s, ");
    return text.append(
            work.eta().map(eta -> TimeSpan.format(eta) + " to go").orElse("no end in sight"))
        .toString();
  }
}
