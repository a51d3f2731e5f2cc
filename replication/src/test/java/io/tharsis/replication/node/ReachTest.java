package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.control.view.NodeView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verbs that need another node, when a line is just mended or the node was just thrown out. */
final class ReachTest extends OnThreeNodes {

  private static final Optional<String> HERE = Optional.empty();

  private void cutUntilNobodyTries() {
    cluster.net().cut("a", "b");
    cluster.net().cut("c", "b");
    cluster.runFor(Duration.ofMinutes(2));
    assertThat(b().view().nodes().stream().filter(NodeView::linked)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aVerbWaitsForALineThatIsJustMended(long seed) {
    cluster = new SimCluster(seed, 3);
    cluster.start();
    a().run(SimCluster.create("web"));
    cluster.until(() -> !b().view().resources().isEmpty());
    for (int i = 0; i < 5; i++) {
      cutUntilNobodyTries();
      cluster.net().heal();
      b().run(SimCluster.join("web"));
      b().run(SimCluster.wait("web", WaitState.UP_TO_DATE));
      cutUntilNobodyTries();
      cluster.net().heal();
      b().run(new Command.Invalidate("web", true));
      b().run(SimCluster.wait("web", WaitState.UP_TO_DATE));
      b().run(new Command.LeaveResource("web", HERE, true));
    }
    cutUntilNobodyTries();
    cluster.net().heal();
    b().run(new Command.LeaveCluster(HERE));
    assertThat(a().trust().revoked()).containsExactly(b().id());
  }

  @Test
  void aNodeThatCannotBeReachedIsSaidSoInSeconds() {
    cluster.start();
    a().run(SimCluster.create("web"));
    cluster.until(() -> !b().view().resources().isEmpty());
    cutUntilNobodyTries();
    Duration before = Duration.ofNanos(cluster.simulation().nowNanos());
    assertThat(b().refusal(SimCluster.join("web"))).isEqualTo("node-unreachable");
    assertThat(Duration.ofNanos(cluster.simulation().nowNanos()).minus(before))
        .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(16));
  }

  @Test
  void whereNothingListensNobodyWaitsForLong() {
    cluster.start();
    a().run(SimCluster.create("web"));
    cluster.until(() -> !b().view().resources().isEmpty());
    a().kill();
    cluster.runFor(Duration.ofMinutes(1));
    Duration before = Duration.ofNanos(cluster.simulation().nowNanos());
    assertThat(b().refusal(SimCluster.join("web"))).isEqualTo("node-unreachable");
    assertThat(Duration.ofNanos(cluster.simulation().nowNanos()).minus(before))
        .isLessThan(Duration.ofSeconds(2));
  }

  private Refusal soon(Command command) {
    Async<Outcome> outcome = b().begin(command, Duration.ofSeconds(4));
    cluster.runFor(Duration.ofMillis(3900));
    assertThat(outcome.isDone()).isFalse();
    cluster.runFor(Duration.ofMillis(200));
    return ((RefusedException) outcome.failure().orElseThrow()).refusal();
  }

  @Test
  void whatWaitedForALinkUntilItsDeadlineWasNotBegunAndIsNotBegunLater() {
    cluster.start();
    a().run(SimCluster.create("web"));
    c().run(SimCluster.join("web"));
    cluster.until(() -> !b().view().resources().isEmpty());
    cutUntilNobodyTries();
    c().kill();
    List<Command> all =
        List.of(
            SimCluster.join("web"),
            new Command.LeaveResource("web", Optional.of("c"), true),
            new Command.LeaveCluster(HERE));
    for (Command command : all) {
      Refusal refusal = soon(command);
      assertThat(refusal.code()).as(command.verb()).isEqualTo("node-unreachable");
      assertThat(refusal.kind()).isEqualTo(Refusal.Kind.HOST);
    }
    cluster.net().heal();
    cluster.until(() -> a().view().nodes().stream().filter(NodeView::linked).count() == 2);
    cluster.runFor(Duration.ofSeconds(30));
    assertThat(b().node().orElseThrow().replicas()).isEmpty();
    assertThat(a().view().resources().getFirst().replicas()).hasSize(2);
    assertThat(a().trust().revoked()).isEmpty();
  }

  private void thrownOutWhileAway() {
    cluster.start();
    a().run(SimCluster.create("web"));
    cluster.until(() -> !c().view().resources().isEmpty());
    c().run(SimCluster.join("web"));
    c().run(SimCluster.wait("web", WaitState.UP_TO_DATE));
    c().kill();
    cluster.runFor(Duration.ofSeconds(20));
    a().run(new Command.LeaveResource("web", Optional.of("c"), false));
    cluster.until(() -> b().view().resources().getFirst().replicas().size() == 1);
    b().run(new Command.LeaveCluster(Optional.of("c")));
  }

  @Test
  void whoWasThrownOutIsToldAndForgetsTheCluster() {
    thrownOutWhileAway();
    c().start();
    cluster.until(() -> c().view().alarms().stream().anyMatch(words -> words.contains("--local")));
    assertThat(c().refusal(new Command.LeaveCluster(HERE))).isEqualTo("has-resources");
    assertThat(c().refusal(new Command.LeaveCluster(HERE, true, false))).isEqualTo("has-replicas");
    byte[] before = cluster.disk(c(), "web");
    Outcome.Done done = (Outcome.Done) c().run(new Command.LeaveCluster(HERE, true, true));
    assertThat(done.steps().getFirst()).contains("web", "secondary", "/disk-web");
    assertThat(c().node().orElseThrow().replicas()).isEmpty();
    assertThat(cluster.disk(c(), "web")).isEqualTo(before);
    assertThat(c().refusal(new Command.LeaveCluster(HERE))).isEqualTo("thrown-out");
  }

  @Test
  void aClockThatIsWrongIsNoReasonToForgetTheCluster() {
    cluster.start();
    cluster.nodes().forEach(node -> node.trust().untimely());
    assertThat(a().view().alarms())
        .noneMatch(words -> words.contains("--local"))
        .anyMatch(words -> words.contains("clock"));
    assertThat(b().refusal(new Command.LeaveCluster(HERE, true, true))).isEqualTo("still-a-member");
    b().kill();
    c().kill();
    cluster.runFor(Duration.ofSeconds(20));
    assertThat(a().refusal(new Command.LeaveCluster(HERE, true, true))).isEqualTo("ca-here");
  }

  @Test
  void whoWasLetInAndIsNotHeardOfYetIsAMember() {
    a().start();
    assertThat(a().view().nodes()).hasSize(1);
    assertThat(a().refusal(new Command.LeaveCluster(HERE, true, true))).isEqualTo("ca-here");
    assertThat(a().refusal(new Command.LeaveCluster(HERE))).isEqualTo("ca-here");
  }

  @Test
  void whoIsHeardOfStillAndWasThrownOutIsNoMember() {
    cluster.start();
    b().kill();
    c().kill();
    a().await(() -> a().trust().revoke(b().id()));
    a().await(() -> a().trust().revoke(c().id()));
    cluster.until(() ->
        a().view().nodes().stream().noneMatch(one -> !one.name().equals("a") && one.linked()));
    assertThat(a().view().nodes()).hasSize(3);
    a().run(new Command.LeaveCluster(HERE, true, true));
  }

  @Test
  void aMemberDoesNotForgetTheClusterBehindItsBack() {
    cluster.start();
    assertThat(b().refusal(new Command.LeaveCluster(HERE, true, true))).isEqualTo("still-a-member");
    cutUntilNobodyTries();
    assertThat(b().view().alarms()).isEmpty();
    assertThat(((Outcome.Done) b().run(new Command.LeaveCluster(HERE, true, false))).steps())
        .anyMatch(step -> step.contains("leave-cluster --host b"));
    a().kill();
    c().kill();
    a().start();
    cluster.net().cut("a", "b");
    cluster.net().cut("a", "c");
    cluster.runFor(Duration.ofSeconds(20));
    assertThat(a().refusal(new Command.LeaveCluster(HERE, true, true))).isEqualTo("ca-here");
  }
}
