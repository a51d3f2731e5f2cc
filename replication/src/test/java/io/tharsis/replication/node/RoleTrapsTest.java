package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.OnSplit;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.directory.EpochRef;
import io.tharsis.replication.directory.ResourceDocument;
import io.tharsis.replication.directory.Views;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verbs about roles at moments to which random clusters have led. */
final class RoleTrapsTest {

  private static final String R = "web";
  private static final Command ABDICATE = new Command.Secondary(R);

  private final SimCluster cluster = new SimCluster(1, 3);
  private final SimClusterNode a = cluster.node(0);
  private final SimClusterNode b = cluster.node(1);
  private final SimClusterNode c = cluster.node(2);

  private void made() {
    cluster.made(R, SimCluster.CELLS);
    for (SimClusterNode member : List.of(b, c)) {
      cluster.joinedAndReplayed(R, member);
    }
  }

  /** Asks for the role for b, until a has granted it. */
  private void granted() {
    b.begin(HandoverTest.primary(), Duration.ofMinutes(1));
    while (tenancy(a).deed().granted().isEmpty()) {
      cluster.simulation().runSteps(1);
    }
  }

  private void isolate(SimClusterNode one) {
    cluster.nodes().stream()
        .filter(other -> other != one)
        .forEach(other -> cluster.net().cut(one.name(), other.name()));
  }

  private static Tenancy tenancy(SimClusterNode node) {
    return node.node().orElseThrow().replicas().getFirst();
  }

  private static Report report(SimClusterNode node) {
    return tenancy(node).report().orElseThrow();
  }

  private static Lineage log(SimClusterNode node) {
    return new ScenarioOracles.Seen(node, tenancy(node)).lineage().orElseThrow();
  }

  private static String disk(SimClusterNode of) {
    return of.replica(of).disk();
  }

  private static boolean isServing(SimClusterNode node) {
    return ScenarioRoles.isServing(new ScenarioOracles.Seen(node, tenancy(node)));
  }

  private static void log(SimClusterNode node, Consumer<SimMedium> change) {
    SimDirectory log = SimPremises.directory(node.host(), R);
    log.files().stream().filter(file -> file.startsWith("log-")).map(log::medium).forEach(change);
  }

  private void writtenOver(SimClusterNode primary) {
    for (int round = 0; round < 60; round++) {
      for (int cell = 128; cell < 256; cell += 16) {
        cluster.write(primary, R, cell, 16);
        cluster.write(primary, R, cell, 16);
      }
      cluster.runFor(Duration.ofSeconds(1));
    }
  }

  /** Nobody is the primary, and all logs were equal a moment ago. */
  @Test
  void whoCannotBeHeardMayHaveBeenForcedAndHaveWritten() {
    made();
    a.run(ABDICATE);
    cluster.runFor(Duration.ofSeconds(2));
    isolate(c);
    c.run(HandoverTest.forced(true));
    cluster.write(c, R, 2);
    c.kill();
    cluster.net().heal();
    cluster.runFor(Duration.ofSeconds(1));
    assertThat(b.refusal(HandoverTest.forced(false))).isEqualTo("not-provably-newest");
    c.start();
    cluster.runFor(Duration.ofSeconds(10));
    assertThat(b.refusal(HandoverTest.forced(false))).isEqualTo("primary-alive");
  }

  /** It has been the primary again and has written, and the link to it is still there. */
  @Test
  void whoDoesNotAnswerMayHaveBeenThePrimaryAndHaveWritten() {
    cluster.made(R, 1);
    cluster.joined(R, b);
    a.run(ABDICATE);
    cluster.runFor(Duration.ofSeconds(2));
    cluster.net().cut("a", "b");
    a.run(HandoverTest.primary());
    cluster.write(a, R, 2);
    assertThat(b.view().nodes()).allMatch(node -> node.linked());
    assertThat(b.refusal(HandoverTest.forced(false))).isEqualTo("not-provably-newest");
  }

  /** Granted by who had abdicated; the answer is lost, and b is told again some time. */
  @Test
  void whoHasBeenGrantedTheRoleMayTakeItAnyMoment() {
    made();
    a.run(ABDICATE);
    cluster.runFor(Duration.ofSeconds(2));
    b.begin(HandoverTest.primary(), Duration.ofMinutes(1));
    while (tenancy(a).deed().granted().orElseThrow().isToAnybody()) {
      cluster.simulation().runSteps(1);
    }
    cluster.net().cut("a", "b");
    cluster.runFor(Duration.ofSeconds(20));
    assertThat(tenancy(b).deed().isPrimary()).isFalse();
    assertThat(c.refusal(HandoverTest.forced(false))).isEqualTo("not-provably-newest");
  }

  /** The primary has recycled what comes after the fork, and c has that: its branch. */
  @Test
  void aBranchThatWasGivenUpDoesNotComeBackFromWhoStillHasIt() {
    made();
    isolate(b);
    cluster.runFor(Duration.ofSeconds(40));
    cluster.write(a, R, 2);
    c.run(SimCluster.wait(R, WaitState.REPLAYED));
    b.run(HandoverTest.forced(true));
    long fork = report(b).marks().durable();
    writtenOver(b);
    assertThat(report(b).marks().retained()).isGreaterThan(fork);
    cluster.net().heal();
    cluster.until(() -> disk(a).equals("Branch") && disk(c).equals("Branch"));
    cluster.until(() -> !tenancy(a).deed().isPrimary());
    a.run(new Command.Invalidate(R, false));
    for (int looks = 0; looks < 300; looks++) {
      assertThat(disk(a)).isNotEqualTo("Branch");
      cluster.runFor(Duration.ofMillis(100));
    }
    a.run(SimCluster.wait(R, WaitState.UP_TO_DATE));
    assertThat(disk(c)).isEqualTo("Branch");
  }

  /** It has fetched from who was forced, and has not heard of that otherwise yet. */
  @Test
  void whoHasAbdicatedIsNotThePrimaryAgainBehindOneThatWasForced() {
    made();
    a.run(ABDICATE);
    cluster.runFor(Duration.ofSeconds(5));
    b.run(HandoverTest.forced(true));
    a.kill();
    a.start();
    cluster.until(() -> tenancy(a).isOpen());
    while (!log(a).equals(log(b))) {
      cluster.simulation().runSteps(1);
    }
    assertThat(tenancy(a).deed().granted()).as("has not heard of it").isPresent();
    assertThat(a.refusal(HandoverTest.primary())).isEqualTo("taken");
    assertThat(isServing(b)).isTrue();
    a.run(SimCluster.wait(R, WaitState.UP_TO_DATE));
    assertThat(isServing(b)).isTrue();
  }

  /** Two were forced and knew nothing of each other; the later one has abdicated since. */
  @Test
  void whoIsNotTheLatestStopsAlthoughTheLatestHasAbdicated() {
    made();
    isolate(b);
    isolate(c);
    isolate(a);
    cluster.runFor(Duration.ofSeconds(40));
    b.run(HandoverTest.forced(true));
    c.run(HandoverTest.forced(true));
    cluster.runFor(Duration.ofSeconds(2));
    boolean isLater = report(b).epoch().compareTo(report(c).epoch()) > 0;
    SimClusterNode later = isLater ? b : c;
    SimClusterNode earlier = isLater ? c : b;
    later.run(ABDICATE);
    cluster.net().heal();
    cluster.until(() -> !isServing(earlier));
    cluster.until(() -> disk(earlier).equals("Branch"));
    later.run(HandoverTest.primary());
    cluster.write(later, R, 7);
    cluster.until(() -> earlier.view().resources().getFirst().primary().isPresent());
    earlier.run(new Command.Invalidate(R, false));
    earlier.run(SimCluster.wait(R, WaitState.UP_TO_DATE));
  }

  /** It is not in the log of who was forced, and b, which still knows of it, was away. */
  @Test
  void whatWasOverruledStaysSo() {
    made();
    c.run(new Command.Turn(R, SwitchVerb.PAUSE_FETCH));
    a.kill();
    a.start();
    cluster.until(() -> isServing(a) && tenancy(a).report().isPresent());
    EpochRef overruled = report(a).epoch();
    cluster.runFor(Duration.ofSeconds(5));
    isolate(b);
    a.kill();
    cluster.runFor(Duration.ofSeconds(40));
    c.run(HandoverTest.forced(true));
    cluster.runFor(Duration.ofSeconds(10));
    cluster.net().heal();
    cluster.until(() -> b.view().resources().getFirst().primary().equals(Optional.of("c")));
    cluster.runFor(Duration.ofSeconds(5));
    for (SimClusterNode one : List.of(b, c)) {
      assertThat(told(one)).containsExactly(report(c).epoch()).doesNotContain(overruled);
    }
  }

  /** The one that has served goes on when it has heard of the other. */
  @Test
  void whoWasForcedOverrulesOnlyWhatWasKnownThen() {
    bothForced();
    b.kill();
    b.start();
    cluster.runFor(Duration.ofMillis(500));
    log(b, SimMedium::stick);
    cluster.runFor(Duration.ofSeconds(3));
    cluster.net().heal();
    cluster.runFor(Duration.ofSeconds(3));
    log(c, SimMedium::unstick);
    cluster.until(() -> isServing(c));
    cluster.runFor(Duration.ofSeconds(3));
    log(b, SimMedium::unstick);
    cluster.until(() -> isServing(b));
    isBranchOf(c, b);
  }

  /** The one that has served still does. */
  @Test
  void whoWasForcedSpeaksThoughItHasHeardOfAnotherOneMeanwhile() {
    bothForced();
    cluster.net().heal();
    cluster.runFor(Duration.ofSeconds(3));
    log(c, SimMedium::unstick);
    cluster.until(() -> isServing(c));
    isBranchOf(b, c);
  }

  /** What b has written is the loser's, whether it still says that it is the primary or not. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSplitIsOverWhenTheLoserLeaves(boolean abdicates) {
    bothForced();
    if (abdicates) {
      b.run(ABDICATE);
      cluster.runFor(Duration.ofSeconds(2));
    }
    isSplit();
    a.start();
    b.run(new Command.LeaveResource(R, Optional.empty(), true));
    isWhole();
  }

  /** While b was the primary a has followed it, and so it has what b has left with. */
  @Test
  void aSplitIsNotOverWhileAMemberHasTheBranchOfWhoHasLeft() {
    bothForced();
    a.start();
    cluster.net().mend("a", "b");
    cluster.write(b, R, 4);
    a.run(SimCluster.wait(R, WaitState.REPLAYED));
    isSplit();
    b.run(new Command.LeaveResource(R, Optional.empty(), true));
    cluster.runFor(Duration.ofSeconds(20));
    assertThat(told(c)).hasSize(2);
    assertThat(disk(a)).isEqualTo("Branch");
    a.run(new Command.Invalidate(R, false));
    isWhole();
  }

  /** It is away, and its log ends in an epoch that both sides have, beyond where c was forced. */
  @Test
  void aSplitIsNotOverWhileAMemberMayHaveMoreOfWhatBothHave() {
    made();
    isolate(c);
    cluster.write(a, R, 2);
    b.run(SimCluster.wait(R, WaitState.REPLAYED));
    cluster.runFor(Duration.ofSeconds(5));
    b.kill();
    cluster.runFor(Duration.ofSeconds(40));
    restartPrimary();
    cluster.runFor(Duration.ofSeconds(2));
    c.run(HandoverTest.forced(true));
    cluster.write(c, R, 3);
    cluster.net().heal();
    cluster.until(() -> !tenancy(a).deed().isPrimary() && told(c).size() == 2);
    a.run(new Command.LeaveResource(R, Optional.empty(), true));
    cluster.runFor(Duration.ofSeconds(20));
    assertThat(told(c)).hasSize(2);
    b.start();
    cluster.until(() -> disk(b).equals("Branch"));
    b.run(new Command.Invalidate(R, false));
    isWhole(c);
  }

  @Test
  void aSplitIsOverWhenTheNodeOfTheLoserIsPutOut() {
    bothForced();
    isSplit();
    a.start();
    b.kill();
    cluster.runFor(Duration.ofSeconds(40));
    c.run(new Command.LeaveResource(R, Optional.of("b"), true));
    cluster.runFor(Duration.ofSeconds(5));
    assertThat(told(c)).as("it may come back with what it has").hasSize(2);
    c.run(new Command.LeaveCluster(Optional.of("b")));
    isWhole();
  }

  /** Both begin to know of each other. */
  private void isSplit() {
    cluster.net().heal();
    cluster.runFor(Duration.ofSeconds(3));
    log(c, SimMedium::unstick);
    cluster.until(() -> isServing(c) && disk(b).equals("Branch"));
    cluster.runFor(Duration.ofSeconds(5));
    assertThat(told(c)).hasSize(2);
  }

  private void isWhole() {
    isWhole(a);
    isWhole(c);
  }

  private void isWhole(SimClusterNode by) {
    cluster.until(() -> told(by).equals(List.of(report(c).epoch())));
  }

  /** The epochs of what one knows to be said of the resource. */
  private List<EpochRef> told(SimClusterNode by) {
    return branches(by).stream().map(shown -> shown.version().epoch()).toList();
  }

  private List<Views.Shown<ResourceDocument>> branches(SimClusterNode by) {
    return by.node().orElseThrow().directory().view().branches(tenancy(c).deed().resource());
  }

  /**
   * Both b and c were forced, and knew nothing of each other. Their epochs have the same number,
   * and that of c is the greater one by its id. Meanwhile b has served, and c is about to begin.
   */
  private void bothForced() {
    made();
    a.kill();
    isolate(c);
    isolate(b);
    cluster.runFor(Duration.ofSeconds(40));
    c.begin(HandoverTest.forced(true), Duration.ofMinutes(1));
    while (tenancy(c).deed().succession().isEmpty()) {
      cluster.simulation().runSteps(1);
    }
    UUID begunLate = tenancy(c).deed().succession().orElseThrow().epochId();
    c.kill();
    b.run(HandoverTest.forced(true));
    EpochRef served = report(b).epoch();
    assertThat(served).isLessThan(new EpochRef(served.number(), begunLate));
    cluster.write(b, R, 2);
    cluster.runFor(Duration.ofSeconds(2));
    c.start();
    cluster.runFor(Duration.ofMillis(500));
    log(c, SimMedium::stick);
    cluster.runFor(Duration.ofSeconds(3));
  }

  private void isBranchOf(SimClusterNode loser, SimClusterNode primary) {
    cluster.until(() -> !isServing(loser) && !tenancy(loser).deed().isPrimary());
    cluster.until(() -> disk(loser).equals("Branch"));
    loser.run(new Command.Invalidate(R, false));
    loser.run(SimCluster.wait(R, WaitState.UP_TO_DATE));
    assertThat(isServing(primary)).isTrue();
  }

  /** What is said of the resource by who was the latest nobody can change any more. */
  @Test
  void whoGoesOnServingASplitResourceCanBeToldToStop() {
    splitAndServed(this::restartPrimary);
    assertThat(((Outcome.Done) a.run(onSplit(OnSplit.STOP_SERVING))).changed()).isTrue();
    cluster.until(() -> !isServing(a));
    assertThat(tenancy(a).deed().isPrimary()).isFalse();
  }

  /** To c, which is the later one, b is no member any more; to a it is, and follows it. */
  @Test
  void whoGoesOnServingASplitResourceKeepsItsMembers() {
    bothServe(this::restartPrimary);
    c.run(new Command.LeaveResource(R, Optional.of("b"), true));
    cluster.runFor(Duration.ofSeconds(2));
    cluster.net().heal();
    cluster.until(() -> told(a).size() == 2);
    a.run(new Command.SetPolicy(R, Optional.empty(), OptionalInt.of(3)));
    cluster.runFor(Duration.ofSeconds(10));
    EpochRef own = report(a).epoch();
    assertThat(branches(a))
        .filteredOn(shown -> shown.version().epoch().equals(own))
        .singleElement()
        .satisfies(said -> assertThat(said.content().members()).hasSize(3));
    assertThat(report(a).needed()).hasSize(2);
  }

  /** While a was away b was forced, and c has joined that; then a is forced against it. */
  @Test
  void whoIsForcedKeepsTheMembersOfWhatItOverrules() {
    cluster.made(R, SimCluster.CELLS);
    cluster.joinedAndReplayed(R, b);
    isolate(a);
    cluster.runFor(Duration.ofSeconds(40));
    restartPrimary();
    cluster.write(a, R, 2);
    cluster.runFor(Duration.ofSeconds(2));
    b.run(HandoverTest.forced(true));
    cluster.write(b, R, 3);
    cluster.net().heal();
    cluster.until(() -> disk(a).equals("Branch"));
    cluster.joinedAndReplayed(R, c);
    a.run(new Command.Turn(R, SwitchVerb.DISCONNECT));
    a.run(HandoverTest.forced(true));
    cluster.write(a, R, 4);
    a.run(new Command.Turn(R, SwitchVerb.CONNECT));
    for (SimClusterNode loser : List.of(b, c)) {
      isBranchOf(loser, a);
    }
    assertThat(report(a).needed()).hasSize(2);
  }

  private void restartPrimary() {
    a.kill();
    a.start();
    cluster.until(() -> isServing(a));
  }

  /** Who was forced knew of its epoch, and so what it says counts no more. */
  @Test
  void whoGoesOnServingThoughItIsOverruledCanStop() {
    splitAndServed(() -> {});
    assertThat(a.refusal(onSplit(OnSplit.STOP_SERVING))).isEqualTo("overruled");
    a.run(ABDICATE);
    cluster.until(() -> !isServing(a));
    assertThat(disk(a)).isEqualTo("Branch");
  }

  /**
   * Both a and c have written; a goes on serving, and c, which is the later one, is primary no
   * more.
   */
  private void splitAndServed(Runnable meanwhile) {
    bothServe(meanwhile);
    c.run(ABDICATE);
    cluster.net().heal();
    cluster.until(() -> a.view().resources().getFirst().primary().isEmpty());
    cluster.runFor(Duration.ofSeconds(10));
    assertThat(isServing(a)).isTrue();
  }

  /** Both a and c have written and go on serving, and cannot hear each other. */
  private void bothServe(Runnable meanwhile) {
    made();
    a.run(onSplit(OnSplit.KEEP_SERVING));
    cluster.runFor(Duration.ofSeconds(5));
    isolate(c);
    cluster.runFor(Duration.ofSeconds(40));
    meanwhile.run();
    cluster.write(a, R, 2);
    c.run(HandoverTest.forced(true));
    cluster.write(c, R, 3);
    cluster.runFor(Duration.ofSeconds(2));
  }

  private static Command onSplit(OnSplit then) {
    return new Command.SetPolicy(R, Optional.of(then), OptionalInt.empty());
  }

  /** Nobody else has taken the role, so there is nobody from whom it could begin anew. */
  @Test
  void whoHasGrantedTheRoleKeepsItsCopyUntilItIsTaken() {
    made();
    granted();
    b.kill();
    cluster.runFor(Duration.ofSeconds(20));
    assertThat(a.refusal(new Command.Invalidate(R, true))).isEqualTo("no-primary");
    b.start();
    cluster.until(() -> isServing(b));
    a.run(SimCluster.wait(R, WaitState.UP_TO_DATE));
  }

  /** It has granted the role to b, which has not heard of it; to b it is the primary. */
  @Test
  void whoHasGrantedTheRoleAndLeavesIsNobodysPrimary() {
    made();
    granted();
    b.kill();
    c.kill();
    a.run(new Command.LeaveResource(R, Optional.empty(), true));
    b.start();
    cluster.until(() -> b.view().resources().getFirst().primary().isEmpty());
    assertThat(b.refusal(new Command.Invalidate(R, true))).isEqualTo("no-primary");
    assertThat(a.refusal(SimCluster.join(R))).isEqualTo("no-primary");
    b.run(HandoverTest.forced(true));
    cluster.write(b, R, 2);
    cluster.until(() -> a.view().resources().getFirst().primary().isPresent());
    a.run(SimCluster.join(R));
    a.run(SimCluster.wait(R, WaitState.UP_TO_DATE));
  }

  /** Its primary looks at it once in a second, and that may be at any moment of its deletion. */
  @Test
  void whatIsDeletedIsNotSpokenOfMore() {
    SimCluster alone = new SimCluster(1, 1).start();
    SimClusterNode primary = alone.node(0);
    for (int micros = 0; micros < 4000; micros += 20) {
      primary.run(SimCluster.create(R));
      Tenancy here = tenancy(primary);
      alone.runFor(Duration.ofSeconds(1));
      Optional<Report> seen = here.report();
      while (here.report().equals(seen)) {
        alone.simulation().runSteps(1);
      }
      alone.runFor(Duration.ofSeconds(1).minusNanos(micros * 1000L));
      primary.run(new Command.DeleteResource(R, false, false));
      assertThat(here.trouble()).as("deleted %d us before it is looked at", micros).isEmpty();
    }
  }

  @Test
  void whatWasDeletedIsNotForced() {
    made();
    cluster.net().cut("a", "b");
    cluster.runFor(Duration.ofSeconds(40));
    a.run(new Command.DeleteResource(R, false, true));
    cluster.net().heal();
    while (!tenancy(b).isDeleted()) {
      cluster.simulation().runSteps(1);
    }
    assertThat(b.refusal(HandoverTest.forced(true))).isEqualTo("deleted");
  }

  /** What it holds for a handover that does not come about would be waited for without end. */
  @Test
  void whoHoldsWritesCanEnd() {
    made();
    b.begin(HandoverTest.primary(), Duration.ofMinutes(1));
    while (!tenancy(a).yielding().isHolding()) {
      cluster.simulation().runSteps(1);
    }
    b.kill();
    Async<String> held = cluster.begin(a, R, 3);
    cluster.runFor(Duration.ofMillis(100));
    assertThat(held.isDone()).isFalse();
    Async<Outcome> deleted =
        a.begin(new Command.DeleteResource(R, false, true), Duration.ofSeconds(20));
    cluster.until(deleted::isDone);
    assertThat(deleted.failure()).isEmpty();
    assertThat(a.node().orElseThrow().replicas()).isEmpty();
    assertThat(held.isDone()).isTrue();
  }

  /** What is said of an earlier handover may come late, or twice. */
  @Test
  void whatIsSaidToHaveBegunIsTheEpochThatWasGrantedOrNothing() {
    cluster.made(R, 1);
    cluster.joined(R, b);
    granted();
    UUID granted = tenancy(a).deed().granted().orElseThrow().epochId();
    UUID other = new UUID(4, 4);
    assertThat(saidToHaveBegun(other)).isEqualTo("gives way: true, lets through: false");
    assertThat(saidToHaveBegun(granted)).isEqualTo("gives way: false, lets through: true");
    assertThat(saidToHaveBegun(other)).isEqualTo("gives way: false, lets through: true");
    cluster.runFor(Duration.ofSeconds(1));
    assertThat(saidToHaveBegun(other)).isEqualTo("gives way: false, lets through: false");
  }

  /** What a does then for the next primary. */
  private String saidToHaveBegun(UUID epoch) {
    Yielding old = tenancy(a).yielding();
    return a.await(() -> {
      old.begun(epoch);
      return Async.of(
          "gives way: %s, lets through: %s".formatted(old.isGivingWay(), old.isLettingThrough()));
    });
  }

  /**
   * It has ceded what it has open, and waits for the next primary to begin before that is closed.
   */
  @Test
  void whoHasJustGrantedTheRoleCanBeForced() {
    made();
    granted();
    b.kill();
    cluster.runFor(Duration.ofMillis(100));
    a.run(HandoverTest.forced(true));
    assertThat(isServing(a)).isTrue();
    assertThat(log(a).newest().orElseThrow().kind()).isEqualTo(Epoch.Kind.FORCED);
    cluster.write(a, R, 3);
    a.kill();
    a.start();
    cluster.until(() -> isServing(a));
    assertThat(log(a).newest().orElseThrow().number()).isGreaterThan(RoleVerbs.FORCED_LEAP);
  }
}
