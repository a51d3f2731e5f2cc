package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.OnSplit;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.WaitState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The role of primary moves: planned, and by force. */
final class HandoverTest extends OnThreeNodes {

  private static final String R = "web";
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Every so manyth event; all of them take some minutes. */
  private static final int STRIDE = Integer.getInteger("tharsis.stride", 11);

  static Command primary() {
    return new Command.Primary(R, false, false, Optional.empty());
  }

  static Command forced(boolean acceptLoss) {
    return new Command.Primary(R, true, acceptLoss, Optional.empty());
  }

  private void made(SimClusterNode... members) {
    cluster.made(R, 20);
    cluster.until(
        () -> cluster.nodes().stream().noneMatch(node -> node.view().resources().isEmpty()));
    for (SimClusterNode member : members) {
      cluster.joined(R, member);
    }
  }

  private void allEqual(SimClusterNode... members) {
    cluster.runFor(Duration.ofSeconds(5));
    for (SimClusterNode member : members) {
      member.run(SimCluster.wait(R, WaitState.REPLAYED));
      member.run(SimCluster.wait(R, WaitState.UP_TO_DATE));
      assertThat(cluster.disk(member, R)).isEqualTo(cluster.disk(a(), R));
    }
  }

  @Test
  void theRoleMovesThereAndBack() {
    made(b(), c());
    b().run(primary());
    assertThat(b().replica(b()).role()).isEqualTo("Primary");
    cluster.written(b(), R, 30);
    cluster.until(() -> c().replica(b()).role().equals("Primary"));
    assertThat(c().replica(a()).role()).isEqualTo("Secondary");
    allEqual(a(), b(), c());
    a().run(primary());
    cluster.written(a(), R, 31);
    allEqual(a(), b(), c());
    c().run(primary());
    cluster.written(c(), R, 32);
    allEqual(a(), b(), c());
  }

  @Test
  void everyMemberServesTheLunWhereverThePrimaryIs() {
    made(b(), c());
    cluster.written(c(), R, 40);
    assertThat(cluster.read(b(), R, 40)).isEqualTo(cluster.lastStamp());
    b().run(primary());
    cluster.written(a(), R, 41);
    assertThat(cluster.read(c(), R, 41)).isEqualTo(cluster.lastStamp());
  }

  @Test
  void writersNoticeNothingButAPause() {
    made(b());
    List<Async<String>> writes = new ArrayList<>();
    Async<Outcome> verb = b().begin(primary(), MINUTE);
    for (int i = 0; i < 200; i++) {
      writes.add(cluster.begin(i % 2 == 0 ? a() : b(), R, i));
      cluster.runFor(Duration.ofMillis(3));
    }
    cluster.until(verb::isDone);
    assertThat(verb.failure()).isEmpty();
    cluster.until(() -> writes.stream().allMatch(Async::isDone));
    assertThat(writes).allMatch(write -> write.value().isEmpty());
    allEqual(a(), b());
  }

  /** The directory tells of it up to half a second later, if it has just told of something. */
  @Test
  void writersOfTheOldPortalGoOnAsSoonAsTheNewPrimaryHasBegun() {
    made(b());
    for (int round = 0; round < 6; round++) {
      SimClusterNode before = round % 2 == 0 ? a() : b();
      SimClusterNode next = round % 2 == 0 ? b() : a();
      next.begin(primary(), MINUTE);
      cluster.until(() -> next.premises().exported(R).isPresent());
      Async<String> write = cluster.begin(before, R, 30);
      cluster.runFor(Duration.ofMillis(20));
      assertThat(write.isDone()).as("round %d", round).isTrue();
      cluster.until(() -> before.replica(next).role().equals("Primary"));
    }
  }

  /** At every step of a handover one of both crashes, in one of two ways. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void whoeverCrashesWheneverOneOfBothGoesOn(int which) {
    int steps = 0;
    for (int after = 0; after == 0 || steps >= after; after += STRIDE) {
      cluster = new SimCluster(7, 2);
      made(b());
      Async<Outcome> _ = b().begin(primary(), MINUTE);
      List<Async<String>> writes = new ArrayList<>();
      writes.add(cluster.begin(a(), R, 100));
      long start = cluster.simulation().steps();
      cluster.simulation().runSteps(after);
      writes.add(cluster.begin(a(), R, 101));
      SimClusterNode victim = which % 2 == 0 ? a() : b();
      if (which < 2) {
        victim.kill();
      } else {
        victim.powerFail();
      }
      long acknowledged = writes.getFirst().isDone() ? 1 : 0;
      cluster.runFor(Duration.ofSeconds(2));
      victim.start();
      cluster.until(() -> serving(R).isPresent());
      SimClusterNode primary = serving(R).orElseThrow();
      if (acknowledged > 0 && writes.getFirst().value().isEmpty()) {
        assertThat(cluster.read(primary, R, 100)).as("after %d", after).isPositive();
      }
      cluster.written(primary, R, 102);
      cluster.written(primary, R, 103);
      allEqual(a(), b());
      if (after == 0) {
        steps = measured();
      }
      assertThat(start).isPositive();
    }
  }

  /** At every step of a handover a setting is changed, and another node becomes a member. */
  @Test
  void whatIsToldDuringAHandoverIsNotForgotten() {
    int steps = measured();
    for (int after = 0; after < steps; after++) {
      cluster = new SimCluster(7, 3);
      made(b());
      Async<Outcome> verb = b().begin(primary(), MINUTE);
      cluster.simulation().runSteps(after);
      Async<Outcome> set = a().begin(keepServing(), MINUTE);
      Async<Outcome> joined = c().begin(SimCluster.join(R), MINUTE);
      cluster.until(() -> verb.isDone() && set.isDone() && joined.isDone());
      cluster.until(() -> serving(R).isPresent());
      cluster.runFor(Duration.ofSeconds(2));
      SimClusterNode primary = serving(R).orElseThrow();
      if (set.failure().isEmpty()) {
        Async<Outcome> again = primary.begin(keepServing(), MINUTE);
        cluster.until(again::isDone);
        assertThat(((Outcome.Done) again.value()).changed()).as("after %d", after).isFalse();
      }
      if (joined.failure().isEmpty()) {
        assertThat(primary.replica(c()).role()).as("after %d", after).isEqualTo("Secondary");
        c().run(SimCluster.wait(R, WaitState.UP_TO_DATE));
      }
    }
  }

  private static Command keepServing() {
    return new Command.SetPolicy(R, Optional.of(OnSplit.KEEP_SERVING), OptionalInt.empty());
  }

  /** How many events a handover takes. */
  private int measured() {
    cluster = new SimCluster(7, 2);
    made(b());
    long start = cluster.simulation().steps();
    b().run(primary());
    return (int) (cluster.simulation().steps() - start);
  }

  @Test
  void aMemberThatIsCutOffIsNotMadeThePrimary() {
    made(b());
    cluster.net().cut("a", "b");
    cluster.runFor(Duration.ofSeconds(40));
    assertThat(b().refusal(primary())).isEqualTo("node-unreachable");
    assertThat(b().refusal(forced(false))).isEqualTo("not-provably-newest");
    cluster.net().heal();
    cluster.runFor(Duration.ofSeconds(20));
    assertThat(b().refusal(forced(false))).isEqualTo("primary-alive");
    b().run(primary());
  }

  @Test
  void whoIsForcedGoesOnWithoutTheOther() {
    made(b(), c());
    a().kill();
    cluster.runFor(Duration.ofSeconds(40));
    b().run(forced(true));
    cluster.written(b(), R, 50);
    c().run(SimCluster.wait(R, WaitState.UP_TO_DATE));
    cluster.written(c(), R, 51);
    a().start();
    cluster.until(() -> b().replica(a()).role().equals("Secondary"));
  }

  @Test
  void aPrimaryThatWasReplacedWhileItWasAwayBeginsNothing() {
    made(b());
    a().kill();
    cluster.runFor(Duration.ofSeconds(40));
    b().run(forced(true));
    cluster.written(b(), R, 55);
    a().start();
    cluster.runFor(Duration.ofSeconds(10));
    assertThat(a().premises().exported(R)).isEmpty();
    allEqual(a(), b());
    cluster.written(a(), R, 56);
  }

  @Test
  void anOldPrimaryStopsServingWhenItHearsOfAForcedOne() {
    made(b());
    cluster.net().cut("a", "b");
    cluster.runFor(Duration.ofSeconds(40));
    cluster.written(a(), R, 60);
    b().run(forced(true));
    cluster.written(b(), R, 61);
    cluster.net().heal();
    cluster.until(() -> a().premises().exported(R).isEmpty());
    cluster.until(() -> b().replica(a()).disk().equals("Branch"));
    Async<String> refused = cluster.begin(a(), R, 62);
    cluster.until(refused::isDone);
    assertThat(refused.value()).isEqualTo("UNAVAILABLE");
    cluster.written(b(), R, 63);
    cluster.runFor(Duration.ofMinutes(2));
    assertThat(b().replica(a()).disk()).isEqualTo("Branch");
    a().run(new Command.Invalidate(R, false));
    allEqual(a(), b());
    cluster.written(a(), R, 64);
    cluster.until(() -> b().replica(a()).disk().equals("UpToDate"));
  }

  @Test
  void whoseLogIsDefectiveIsNotForcedWhateverIsSaid() {
    made(b());
    cluster.rotten(R, b());
    cluster.net().cut("a", "b");
    cluster.runFor(Duration.ofSeconds(40));
    b().run(new Command.Turn(R, SwitchVerb.RESUME_REPLAY));
    cluster.until(() -> b().replica(b()).disk().equals("DefectiveLog"));
    assertThat(b().refusal(forced(true))).isEqualTo("log-damaged");
    cluster.net().heal();
    cluster.until(() -> b().replica(b()).disk().equals("UpToDate"));
    b().run(primary());
    cluster.written(a(), R, 65);
  }

  @Test
  void aRoleThatIsGivenUpIsTakenByWhoAsks() {
    made(b());
    a().run(new Command.Secondary(R));
    assertThat(serving(R)).isEmpty();
    assertThat(a().refusal(new Command.LeaveResource(R, Optional.empty(), false)))
        .isEqualTo("keeps-role");
    b().run(primary());
    cluster.written(a(), R, 70);
    b().run(new Command.Secondary(R));
    b().run(primary());
    cluster.written(a(), R, 71);
    allEqual(a(), b());
  }

  /** Its own deed still says that the role is granted: others can know more, and so does it. */
  @Test
  void whoHasHandedTheRoleOverMayLeaveAsSoonAsTheNextOneHasIt() {
    made(b());
    b().run(primary());
    cluster.until(() -> a().replica(b()).role().equals("Primary"));
    assertThat(ScenarioOperator.deed(a(), R).flatMap(Deed::granted)).isPresent();
    a().run(new Command.LeaveResource(R, Optional.empty(), false));
    cluster.written(b(), R, 75);
  }

  @Test
  void aClientServesWithoutAReplica() {
    made(b());
    c().run(new Command.AttachClient(R));
    cluster.written(c(), R, 80);
    b().run(primary());
    cluster.written(c(), R, 81);
    c().kill();
    c().start();
    cluster.until(() -> c().premises().front(R).isPresent());
    cluster.written(c(), R, 82);
    assertThat(c().refusal(SimCluster.join(R))).isEqualTo("is-a-client");
    c().run(new Command.DetachClient(R));
    assertThat(c().premises().front(R)).isEmpty();
    allEqual(a(), b());
  }
}
