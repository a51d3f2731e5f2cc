package io.tharsis.replication.control;

import io.tharsis.replication.control.ReplicationMode.LinkLoss;
import io.tharsis.replication.control.view.BranchView;
import io.tharsis.replication.control.view.ClusterView;
import io.tharsis.replication.control.view.FactsBuilder;
import io.tharsis.replication.control.view.NodeView;
import io.tharsis.replication.control.view.ReplicaView;
import io.tharsis.replication.control.view.ResourceView;
import io.tharsis.replication.control.view.SettingsView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** One of everything that an operator can say or see. */
public final class Samples {

  private static final String A_ID = "0193b5e0-0000-7000-8000-00000000000a";
  private static final String B_ID = "0193b5e0-0000-7000-8000-00000000000b";
  private static final String VM_ID = "0193b5e0-0000-7000-8000-000000000001";

  private Samples() {}

  /** Every verb, those with options with and without. */
  public static List<Command> commands() {
    List<Command> all =
        new ArrayList<>(
            List.of(
                new Command.CreateCluster(),
                new Command.CreateToken(Duration.ofHours(1)),
                new Command.JoinCluster("192.0.2.7:7777", "t0k3n"),
                new Command.LeaveCluster(Optional.empty()),
                new Command.LeaveCluster(Optional.of("b")),
                new Command.LeaveCluster(Optional.empty(), true, true),
                new Command.CaExport("five random words of mine"),
                new Command.CaImport("-----BEGIN", "five random words of mine"),
                new Command.CreateResource(
                    "vm", "/dev/vg/vm", OptionalLong.empty(), WriteCacheMode.DURABLE),
                new Command.CreateResource(
                    "vm", "/dev/vg/vm", OptionalLong.of(10L << 30), WriteCacheMode.FLUSH),
                new Command.JoinResource("vm", "/dev/vg/vm"),
                new Command.LeaveResource("vm", Optional.empty(), false),
                new Command.LeaveResource("vm", Optional.of("b"), true),
                new Command.DeleteResource("vm", false, false),
                new Command.DeleteResource("vm", true, true),
                new Command.Invalidate("vm", false),
                new Command.Invalidate("vm", true),
                new Command.Resize("vm", 20L << 30),
                new Command.Primary("vm", false, false, Optional.empty()),
                new Command.Primary("vm", false, false, Optional.of(Duration.ofMillis(200))),
                new Command.Primary("vm", true, false, Optional.empty()),
                new Command.Primary("vm", true, true, Optional.empty()),
                new Command.Secondary("vm"),
                new Command.AttachClient("vm"),
                new Command.DetachClient("vm"),
                new Command.SetPolicy("vm", Optional.of(OnSplit.STOP_SERVING), OptionalInt.empty()),
                new Command.SetPolicy("vm", Optional.of(OnSplit.KEEP_SERVING), OptionalInt.of(30)),
                new Command.SetPolicy("vm", Optional.empty(), OptionalInt.of(1)),
                new Command.DeleteBranch("vm", "branch-8ab2dcd0-9474048"),
                new Command.LogRotate("vm"),
                new Command.LogDelete("vm"),
                new Command.WaitResource("vm", WaitState.UP_TO_DATE, Optional.empty()),
                new Command.WaitResource("vm", WaitState.SYNCED, Optional.of("b")),
                new Command.Verify("vm", false),
                new Command.Verify("vm", true)));
    modes().forEach(mode -> all.add(new Command.SetMode("vm", mode)));
    for (SwitchVerb verb : SwitchVerb.values()) {
      all.add(new Command.Turn("vm", verb));
    }
    return List.copyOf(all);
  }

  /** Every mode, with and without what can be left out. */
  private static List<ReplicationMode> modes() {
    LinkLoss stall = new LinkLoss(Duration.ofSeconds(3), ReplicationMode.Reaction.STALL);
    return List.of(
        new ReplicationMode.Async(),
        new ReplicationMode.NearSync(OptionalLong.of(1L << 30), Optional.empty(), LinkLoss.DEFAULT),
        new ReplicationMode.NearSync(
            OptionalLong.empty(), Optional.of(Duration.ofSeconds(2)), stall),
        new ReplicationMode.NearSync(
            OptionalLong.of(2L << 30), Optional.of(Duration.ofMillis(500)), LinkLoss.DEFAULT),
        new ReplicationMode.Sync(ReplicationMode.Sync.DEFAULT_COPIES, LinkLoss.DEFAULT),
        new ReplicationMode.Sync(3, stall));
  }

  /** Every outcome. */
  public static List<Outcome> outcomes() {
    return List.of(
        new Outcome.Done(true, List.of("made the log", "made this node the primary")),
        Outcome.Done.already("vm is attached already"),
        new Outcome.TokenMade("t0k3n", "192.0.2.7:7777", Instant.parse("2026-11-20T13:00:00Z")),
        new Outcome.CaExported("-----BEGIN"),
        new Outcome.Verified(
            10_000, List.of(new Outcome.MemberFinding("b", 1 << 30, List.of(), "", false))),
        new Outcome.Verified(
            10_000,
            List.of(
                new Outcome.MemberFinding(
                    "b", 1 << 30, List.of(new Outcome.Region(0, 1 << 20, 65_536)), "", true),
                new Outcome.MemberFinding("c", 0, List.of(), "it is not connected", false))));
  }

  /** Two nodes, a resource that catches up, and one that never was touched. */
  public static ClusterView view() {
    return new ClusterView(
        "a",
        Optional.of("0193b5e0-0000-7000-8000-0000000000c0"),
        List.of(
            new NodeView("a", A_ID, "0.1.0", List.of("192.0.2.7:7777"), true, Duration.ZERO),
            new NodeView(
                "b", B_ID, "0.1.0", List.of("192.0.2.8:7777"), false, Duration.ofSeconds(95))),
        List.of(
            new ResourceView(
                "vm",
                VM_ID,
                10L << 30,
                Optional.of("a"),
                3,
                new SettingsView(
                    new ReplicationMode.Sync(
                        2,
                        new ReplicationMode.LinkLoss(
                            Duration.ofSeconds(10), ReplicationMode.Reaction.STALL)),
                    OnSplit.STOP_SERVING,
                    Duration.ofDays(30)),
                List.of(
                    ReplicaView.of(
                        FactsBuilder.primary("a").behind(0, 4096, Duration.ZERO).facts()),
                    ReplicaView.of(
                            FactsBuilder.secondary("b")
                                .behind(3000, 500, Duration.ofSeconds(7))
                                .dirty(1 << 20, 4 << 20, 1 << 18)
                                .rates(100, 1100, 1200)
                                .facts())
                        .with(branches())),
                List.of()),
            new ResourceView(
                "web",
                VM_ID,
                1L << 30,
                Optional.empty(),
                1,
                SettingsView.STANDARD,
                List.of(ReplicaView.of(FactsBuilder.secondary("b").facts())),
                List.of("no node is the primary of web"))),
        List.of("the clock of b is 6 minutes ahead"));
  }

  /** One side of a split, which has given up another one before. */
  private static BranchView branches() {
    return new BranchView(
        Optional.of(new BranchView.Loss(8192, 4096, 1_000, 5_000, 65_536)),
        List.of(
            new BranchView.Kept(
                "branch-8ab2dcd0-4096",
                2,
                4096,
                8192,
                1 << 20,
                Duration.ofDays(2),
                Duration.ofDays(5))));
  }

  /** A node that is in no cluster. */
  public static ClusterView lonely() {
    return new ClusterView(
        "a",
        Optional.empty(),
        List.of(new NodeView("a", A_ID, "0.1.0", List.of(), true, Duration.ZERO)),
        List.of(),
        List.of());
  }
}
