package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.Fault;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.control.WriteCacheMode;
import io.tharsis.replication.control.view.Progress;
import io.tharsis.replication.directory.Switches;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A cluster of simulated nodes does what operators say. */
final class ClusterNodeTest extends OnThreeNodes {

  private static final String R = "web";
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private void equal(SimClusterNode node) {
    a().run(SimCluster.wait(R, WaitState.REPLAYED));
    node.run(SimCluster.wait(R, WaitState.UP_TO_DATE));
    assertThat(cluster.disk(node, R)).isEqualTo(cluster.disk(a(), R));
  }

  @Test
  void aReplicaThatJoinsBecomesEqual() {
    cluster.made(R, 20);
    cluster.joined(R, b());
    equal(b());
    cluster.write(a(), R, 30);
    cluster.runFor(Duration.ofSeconds(3));
    equal(b());
    assertThat(c().replica(b()).disk()).isEqualTo("UpToDate");
    assertThat(c().replica(a()).role()).isEqualTo("Primary");
  }

  @Test
  void ofTwoThatJoinAtATimeOneDoes() {
    cluster.made(R, 20);
    var first = b().begin(SimCluster.join(R), MINUTE);
    List<String> second = new ArrayList<>();
    b().begin(new Command.JoinResource(R, "/other"), MINUTE)
        .observe(
            done -> second.add(done.toString()),
            cause -> second.add(((RefusedException) cause).refusal().code()));
    cluster.until(() -> first.isDone() && !second.isEmpty());
    assertThat(first.value()).isInstanceOf(Outcome.Done.class);
    assertThat(second).containsExactly("begun-meanwhile");
    b().run(SimCluster.wait(R, WaitState.UP_TO_DATE));
    equal(b());
  }

  @Test
  void nodesGoOnAfterTheyWereKilled() {
    cluster.made(R, 20);
    cluster.joined(R, b());
    cluster.joined(R, c());
    b().kill();
    cluster.write(a(), R, 40);
    b().start();
    a().kill();
    a().start();
    cluster.until(() -> a().premises().exported(R).isPresent());
    cluster.write(a(), R, 41);
    c().powerFail();
    cluster.write(a(), R, 42);
    c().start();
    cluster.runFor(Duration.ofSeconds(5));
    equal(b());
    equal(c());
  }

  @Test
  void whatIsDeletedWhileItsPrimaryIsWaitedForIsNotJoined() {
    cluster.made(R, 1);
    cluster.net().cut("a", "b");
    cluster.runFor(Duration.ofSeconds(20));
    Async<Outcome> joined = b().begin(SimCluster.join(R), MINUTE);
    a().run(new Command.DeleteResource(R, false, false));
    cluster.until(() -> b().view().resources().isEmpty());
    assertThat(joined.isDone()).isFalse();
    cluster.net().heal();
    cluster.until(joined::isDone);
    assertThat(joined.failure().orElseThrow()).hasMessageContaining("no resource 'web'");
    assertThat(b().node().orElseThrow().replicas()).isEmpty();
  }

  /** It is nowhere else, and what the primary has applied of it is on its disk. */
  @Test
  void whoNeedsLogThatIsRottenAtThePrimaryBeginsAnew() {
    cluster.made(R, 1);
    cluster.joinedAndReplayed(R, b());
    cluster.net().cut("a", "b");
    cluster.runFor(Duration.ofSeconds(20));
    // more than is kept in memory, and less than a logfile
    for (int round = 0; round < 80; round++) {
      cluster.write(a(), R, 16 * (round % 16), 16);
    }
    SimDirectory log = SimPremises.directory(a().host(), R);
    long missing = LogfileHeader.BYTES + a().replica(b()).marks().durableLsn();
    log.medium("log-000000001-a").dropCache();
    for (long at = missing; at < missing + (64 << 10); at += 512) {
      log.medium("log-000000001-a").rot(new Range(at, at + 512));
    }
    cluster.net().heal();
    b().run(SimCluster.wait(R, WaitState.UP_TO_DATE));
    equal(b());
  }

  @Test
  void aMemberThatLeavesIsNoneAnyMore() {
    cluster.made(R, 20);
    cluster.joined(R, b());
    cluster.joined(R, c());
    assertThat(a().refusal(new Command.LeaveResource(R, Optional.empty(), false)))
        .isEqualTo("is-primary");
    assertThat(a().refusal(new Command.DeleteResource(R, false, false))).isEqualTo("has-members");
    b().run(new Command.LeaveResource(R, Optional.empty(), false));
    cluster.until(() -> a().view().resources().getFirst().replicas().size() == 2);
    c().kill();
    cluster.runFor(Duration.ofSeconds(20));
    a().run(new Command.LeaveResource(R, Optional.of("c"), false));
    assertThat(a().view().resources().getFirst().replicas()).hasSize(1);
    a().run(new Command.DeleteResource(R, false, false));
    assertThat(a().view().resources()).isEmpty();
    c().start();
    cluster.until(() -> c().view().resources().isEmpty());
    a().run(SimCluster.create(R));
  }

  @Test
  void leavingWithoutThePrimaryIsHeardOfLater() {
    cluster.made(R, 20);
    cluster.joined(R, b());
    cluster.joined(R, c());
    cluster.net().cut("a", "b");
    cluster.runFor(Duration.ofSeconds(40));
    b().run(new Command.LeaveResource(R, Optional.empty(), true));
    cluster.net().heal();
    cluster.until(() -> a().view().resources().getFirst().replicas().size() == 2);
    cluster.joined(R, b());
    equal(b());
  }

  @Test
  void whoWasDismissedWhileItWasAwayIsToldSoAndCanLeaveAndJoin() {
    cluster.made(R, 20);
    cluster.joined(R, b());
    cluster.joined(R, c());
    b().kill();
    cluster.runFor(Duration.ofSeconds(20));
    a().run(new Command.LeaveResource(R, Optional.of("b"), false));
    cluster.write(a(), R, 60);
    b().start();
    cluster.until(() -> b().replica(b()).disk().equals("NotJoined"));
    cluster.until(() -> isSaidToBeDismissed(b()));
    assertThat(b().refusal(SimCluster.join(R))).isEqualTo("dismissed");
    assertThat(b().refusal(new Command.JoinResource(R, "/other"))).isEqualTo("dismissed");
    assertThat(b().refusal(new Command.Invalidate(R, false))).isEqualTo("dismissed");
    cluster.runFor(MINUTE);
    assertThat(a().view().resources().getFirst().replicas()).hasSize(2);
    b().run(new Command.LeaveResource(R, Optional.empty(), false));
    cluster.joined(R, b());
    equal(b());
  }

  private static boolean isSaidToBeDismissed(SimClusterNode node) {
    return node.view().resources().getFirst().alarms().stream()
        .anyMatch(words -> words.contains("dismissed") && words.contains("leave-resource " + R));
  }

  /** It hears of it while it is up, behind a line that was cut; and asks no primary for leaving. */
  @Test
  void whoWasDismissedBehindACutLineCanLeaveWithoutThePrimary() {
    cluster.made(R, 20);
    cluster.joined(R, b());
    cluster.joined(R, c());
    cluster.net().cut("a", "b");
    cluster.net().cut("c", "b");
    cluster.runFor(Duration.ofSeconds(40));
    a().run(new Command.LeaveResource(R, Optional.of("b"), false));
    cluster.net().heal();
    cluster.until(() -> isSaidToBeDismissed(b()));
    assertThat(b().refusal(SimCluster.join(R))).isEqualTo("dismissed");
    cluster.net().cut("a", "b");
    cluster.net().cut("c", "b");
    cluster.runFor(Duration.ofSeconds(40));
    assertThat(b().refusal(SimCluster.join(R))).isEqualTo("dismissed");
    b().run(new Command.LeaveResource(R, Optional.empty(), true));
    cluster.net().heal();
    cluster.joined(R, b());
    equal(b());
  }

  @Test
  void switchesHoldOverRestarts() {
    cluster.made(R, 20);
    cluster.joined(R, b());
    b().run(new Command.Turn(R, SwitchVerb.PAUSE_FETCH));
    cluster.write(a(), R, 50);
    b().kill();
    b().start();
    cluster.runFor(Duration.ofSeconds(5));
    assertThat(b().replica(b()).replication()).isEqualTo("PausedFetch");
    assertThat(a().replica(b()).disk()).isEqualTo("OutDated");
    b().run(new Command.Turn(R, SwitchVerb.DOWN));
    cluster.until(() -> a().replica(b()).disk().equals("Detached"));
    b().run(new Command.Turn(R, SwitchVerb.UP));
    equal(b());
  }

  @Test
  void switchesTurnedAtTheSameMomentAreAllTurned() {
    cluster.made(R, 20);
    cluster.joined(R, b());
    List<Async<Outcome>> verbs =
        Stream.of(SwitchVerb.PAUSE_FETCH, SwitchVerb.PAUSE_REPLAY, SwitchVerb.PAUSE_SYNC)
            .map(which -> b().begin(new Command.Turn(R, which), Duration.ofSeconds(30)))
            .toList();
    cluster.until(() -> verbs.stream().allMatch(Async::isDone));
    assertThat(ScenarioOperator.deed(b(), R).orElseThrow().switches())
        .isEqualTo(new Switches(true, false, false, false));
  }

  @Test
  void switchesOfAReplicaThatEndsMeanwhileAreNotSaidToBeTurned() {
    cluster.made(R, 20);
    cluster.joined(R, b());
    b().run(new Command.Turn(R, SwitchVerb.DOWN));
    var left = b().begin(new Command.LeaveResource(R, Optional.empty(), true), MINUTE);
    var up = b().begin(new Command.Turn(R, SwitchVerb.UP), MINUTE);
    cluster.until(() -> left.isDone() && up.isDone());
    assertThat(ScenarioOperator.deed(b(), R)).isEmpty();
    assertThat(up.failure())
        .get()
        .isInstanceOfSatisfying(
            RefusedException.class,
            refused -> assertThat(refused.refusal().code()).isEqualTo("not-a-member"));
  }

  @Test
  void whatIsInvalidatedIsSyncedAnew() {
    cluster.made(R, 20);
    cluster.joined(R, b());
    b().run(new Command.Invalidate(R, false));
    equal(b());
  }

  @Test
  void whoWasAwayForTooLongSyncsOnlyWhatHasChanged() {
    cluster.made(R, 20);
    cluster.joined(R, b());
    b().kill();
    for (int i = 0; i < 400; i++) {
      cluster.write(a(), R, i % 3, 60);
    }
    b().start();
    long most = 0;
    for (int i = 0; i < 8000; i++) {
      cluster.runFor(Duration.ofMillis(2));
      most =
          Math.max(
              most,
              b().replica(b()).progress().stream()
                  .filter(it -> it.kind() == Progress.Kind.SYNC)
                  .mapToLong(Progress::restBytes)
                  .max()
                  .orElse(0));
    }
    equal(b());
    assertThat(most).isBetween(1L, SimCluster.VOLUME_BYTES / 3);
  }

  private Outcome.Verified verified(boolean repair) {
    Async<Outcome> ending = a().begin(new Command.Verify(R, repair), Duration.ofMinutes(5));
    for (int i = 0; !ending.isDone(); i++) {
      cluster.write(a(), R, i % 100, 1 + i % 5);
    }
    return (Outcome.Verified) ending.value();
  }

  @Test
  void copiesThatAreEqualAreFoundEqualUnderLoad() {
    cluster.made(R, 20);
    cluster.joined(R, b());
    cluster.joined(R, c());
    for (int i = 0; i < 20; i++) {
      Outcome.Verified found = verified(false);
      assertThat(found.members()).hasSize(2).allMatch(one -> one.comparedBytes() > 0);
      assertThat(found.equal()).as("%s", found).isTrue();
    }
    equal(b());
  }

  @Test
  void whatHasRottenIsFoundAndRepaired() {
    cluster.made(R, 20);
    cluster.joined(R, b());
    cluster.joined(R, c());
    b().host()
        .disk("/disk-" + R, SimCluster.VOLUME_BYTES)
        .rot(new Range(1_046_000, 1_046_001)); // never written by the load
    Outcome.Verified found = verified(false);
    assertThat(found.equal()).isFalse();
    assertThat(found.members().getFirst().differing())
        .containsExactly(new Outcome.Region(0, 983_040, 65_536));
    assertThat(found.members().getLast().differing()).isEmpty();
    assertThat(verified(true).members().getFirst().repairing()).isTrue();
    equal(b());
    assertThat(verified(false).equal()).isTrue();
  }

  @Test
  void aLogThatRotsWhileItIsInUseIsMended() {
    cluster.made(R, 20);
    cluster.joined(R, b());
    cluster.rotten(R, b());
    b().run(new Command.Turn(R, SwitchVerb.RESUME_REPLAY));
    cluster.until(() -> b().replica(b()).disk().equals("UpToDate"));
    equal(b());
  }

  @Test
  void whoCannotBeComparedIsSaid() {
    cluster.made(R, 20);
    cluster.joined(R, b());
    cluster.joined(R, c());
    c().kill();
    b().run(new Command.Turn(R, SwitchVerb.PAUSE_REPLAY));
    Outcome.Verified found = verified(false);
    assertThat(found.members()).hasSize(2).allMatch(one -> !one.skipped().isEmpty());
    assertThat(b().refusal(new Command.Verify(R, false))).isEqualTo("not-primary");
    b().run(new Command.Turn(R, SwitchVerb.RESUME_REPLAY));
    equal(b());
  }

  @Test
  void whatCannotBeIsRefused() {
    cluster.made(R, 20);
    assertThat(b().refusal(SimCluster.join("nothing"))).isEqualTo("no-such-resource");
    assertThat(a().refusal(new Command.JoinResource(R, "/other"))).isEqualTo("member-already");
    for (int i = 1; i < SimCluster.MAX_RESOURCES; i++) {
      a().run(SimCluster.create("more" + i));
    }
    assertThat(a().refusal(SimCluster.create("last"))).isEqualTo("node-log-space");
    for (int i = 1; i < SimCluster.MAX_RESOURCES; i++) {
      a().run(new Command.DeleteResource("more" + i, false, false));
    }
    cluster.until(() -> !b().view().resources().isEmpty());
    assertThat(b().refusal(SimCluster.create(R))).isEqualTo("resource-exists");
    assertThat(b().refusal(new Command.JoinResource(R, "/missing"))).isEqualTo("disk-missing");
    assertThat(b().refusal(new Command.Turn(R, SwitchVerb.UP))).isEqualTo("not-a-member");
    cluster.net().cut("a", "b");
    cluster.runFor(Duration.ofSeconds(20));
    assertThat(b().refusal(SimCluster.join(R))).isEqualTo("node-unreachable");
    cluster.joined(R, c());
    cluster.net().cut("a", "c");
    cluster.runFor(Duration.ofSeconds(60));
    assertThat(c().refusal(new Command.LeaveResource(R, Optional.empty(), false)))
        .isEqualTo("last-copy");
  }

  /** The verb has failed, and what it began is there, durably, until it is taken away. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"LIST_ERROR", "DELETE_ERROR", "DIRECTORY_SYNC_ERROR"})
  void whatCouldNotBeForgottenIsKeptAndCanBeDeleted(Fault fault) {
    cluster.start();
    SimDirectory deeds = a().host().directory("members");
    String deed = "deed-" + R;
    SimDirectory foreign = SimPremises.directory(a().host(), R);
    a().await(() -> foreign.open(a().host().owner()).create("foreign", 4096).then(Disk::close));
    Async<Outcome> made =
        a().begin(
                new Command.CreateResource(
                    R, "/missing", OptionalLong.of(4096), WriteCacheMode.DURABLE),
                MINUTE);
    cluster.simulation().runUntil(() -> deeds.durableFiles().contains(deed), 1000);
    deeds.faults().next(fault);
    cluster.runFor(Duration.ofSeconds(5));
    assertThat(made.failure()).isPresent();
    assertThat(deeds.faults().happened(fault)).isEqualTo(1);
    assertThat(deeds.files()).contains(deed);
    assertThat(deeds.durableFiles()).contains(deed);
    a().run(new Command.DeleteResource(R, false, false));
    assertThat(deeds.durableFiles()).doesNotContain(deed);
  }

  @Test
  void aNodeThatIsGoneIsRevoked() {
    cluster.made(R, 20);
    cluster.joined(R, b());
    assertThat(b().refusal(new Command.LeaveCluster(Optional.empty()))).isEqualTo("has-resources");
    assertThat(a().refusal(new Command.LeaveCluster(Optional.of("b")))).isEqualTo("has-resources");
    c().kill();
    cluster.runFor(Duration.ofSeconds(20));
    b().run(new Command.LeaveCluster(Optional.of("c")));
    assertThat(a().trust().revoked()).containsExactly(c().id());
    cluster.until(() -> a().view().nodes().size() == 2);
  }
}
