package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.control.view.BranchView;
import io.tharsis.replication.sync.SyncStatus;
import io.tharsis.replication.wire.LinkClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two sides have written; one of them is given up. */
final class SplitTest extends OnThreeNodes {

  private static final String R = "web";
  private static final int CELLS_IN_REGION = RegionSet.REGION_BYTES / SimCluster.CELL;

  /** Every so manyth event; all of them take some minutes. */
  private static final int STRIDE = Integer.getInteger("tharsis.stride", 23);

  private static final Command GIVE_UP = new Command.Invalidate(R, false);

  private void made(SimClusterNode... members) {
    cluster.made(R, SimCluster.CELLS);
    for (SimClusterNode member : members) {
      cluster.joinedAndReplayed(R, member);
    }
  }

  private boolean isBranch(SimClusterNode seenBy, SimClusterNode of) {
    return seenBy.replica(of).disk().equals("Branch");
  }

  private static int inRegion(int region) {
    return region * CELLS_IN_REGION;
  }

  /** Both have written, and know of each other: a has the branch. */
  private void split() {
    cluster.nodes().stream().skip(1).forEach(other -> cluster.net().cut("a", other.name()));
    cluster.runFor(Duration.ofSeconds(40));
    for (int region : List.of(2, 4)) {
      cluster.written(a(), R, inRegion(region));
    }
    cluster.runFor(Duration.ofSeconds(5));
    b().run(HandoverTest.forced(true));
    cluster.written(b(), R, inRegion(2) + 1);
    cluster.written(b(), R, inRegion(6));
    cluster.net().heal();
    cluster.until(() -> isBranch(b(), a()) && isBranch(a(), a()));
  }

  private void allEqual(SimClusterNode... members) {
    cluster.runFor(Duration.ofSeconds(5));
    for (SimClusterNode member : members) {
      member.run(SimCluster.wait(R, WaitState.REPLAYED));
      member.run(SimCluster.wait(R, WaitState.UP_TO_DATE));
      assertThat(cluster.disk(member, R)).isEqualTo(cluster.disk(b(), R));
    }
  }

  private List<String> branchFiles(SimClusterNode node) {
    return SimPremises.directory(node.host(), R).files().stream()
        .filter(name -> name.startsWith("branch-"))
        .toList();
  }

  private static SyncStatus syncing(SimClusterNode node) {
    Lodger open = node.node().orElseThrow().replicas().getFirst().lodger().orElseThrow();
    return ((SecondaryLodger) open).replica().syncing();
  }

  private static long lookedAtBytes(SyncStatus sync) {
    return sync.copiedBytes() + sync.equalBytes() + sync.zeroBytes();
  }

  private static Command leave(boolean acceptLoss) {
    return new Command.LeaveResource(R, Optional.empty(), acceptLoss);
  }

  @Test
  void whatNobodyElseHasForbidsToLeave() {
    made(b());
    split();
    assertThat(a().refusal(leave(false))).isEqualTo("branch");
    a().run(GIVE_UP);
    allEqual(a());
    assertThat(a().refusal(leave(false))).isEqualTo("keeps-branch");
    assertThat(branchFiles(a())).isNotEmpty();
    String name = branches(a(), a()).kept().getFirst().name();
    a().run(new Command.DeleteBranch(R, name));
    a().run(leave(false));
    cluster.until(() -> b().view().resources().getFirst().replicas().size() == 1);
  }

  @Test
  void aBranchThatIsNotWantedGoesWithItsMember() {
    made(b());
    split();
    a().run(leave(true));
    cluster.until(() -> b().view().resources().getFirst().replicas().size() == 1);
    assertThat(branchFiles(a())).isEmpty();
  }

  @Test
  void onlyWhatTheBranchHasTouchedIsSynced() {
    made(b());
    split();
    long before = cluster.net().sentBytes(LinkClass.SYNC);
    Outcome outcome = a().run(GIVE_UP);
    assertThat(outcome.toString()).contains("branch-").contains("128 KiB");
    allEqual(a());
    assertThat(lookedAtBytes(syncing(a()))).isEqualTo(2L * RegionSet.REGION_BYTES);
    assertThat(cluster.net().sentBytes(LinkClass.SYNC) - before)
        .isBetween(1L, 2L * RegionSet.REGION_BYTES + (16 << 10));
    assertThat(branchFiles(a())).isNotEmpty();
    assertThat(isBranch(b(), a())).isFalse();
    cluster.written(a(), R, inRegion(8));
    allEqual(a());
    a().run(HandoverTest.primary());
    cluster.written(b(), R, inRegion(9));
  }

  @Test
  void whatHasNotReachedTheDiskNeedsNoSync() {
    made(b());
    cluster.net().cut("a", "b");
    cluster.runFor(Duration.ofSeconds(40));
    cluster.write(a(), R, inRegion(2));
    a().kill();
    b().run(HandoverTest.forced(true));
    cluster.written(b(), R, inRegion(6));
    cluster.net().heal();
    a().start();
    cluster.until(() -> isBranch(b(), a()));
    cluster.runFor(Duration.ofMinutes(1));
    Outcome outcome = a().run(GIVE_UP);
    assertThat(outcome.toString()).contains("branch-").contains("has nothing of that");
    allEqual(a());
    assertThat(lookedAtBytes(syncing(a()))).isZero();
    assertThat(branchFiles(a())).isNotEmpty();
  }

  /** b is forced while a and c, which has followed a, are away. */
  @Test
  void aSecondaryThatHasFollowedTheBranchIsShownAsOne() {
    made(b(), c());
    cluster.net().cut("a", "b");
    cluster.net().cut("c", "b");
    cluster.runFor(Duration.ofSeconds(40));
    cluster.written(a(), R, inRegion(2));
    c().run(SimCluster.wait(R, WaitState.REPLAYED));
    b().run(HandoverTest.forced(true));
    cluster.written(b(), R, inRegion(6));
    cluster.net().heal();
    cluster.until(() -> isBranch(b(), a()) && isBranch(b(), c()) && isBranch(c(), c()));
    assertThat(isBranch(b(), b())).isFalse();
    cluster.runFor(Duration.ofMinutes(2));
    assertThat(isBranch(b(), c())).isTrue();
    for (SimClusterNode member : List.of(a(), c())) {
      member.run(GIVE_UP);
      allEqual(member);
      assertThat(branchFiles(member)).isNotEmpty();
    }
    assertThat(lookedAtBytes(syncing(c()))).isEqualTo(RegionSet.REGION_BYTES);
  }

  @Test
  void aDryRunSaysWhatWouldBeGivenUpAndChangesNothing() {
    made(b());
    split();
    String said = a().plan(GIVE_UP).toString();
    assertThat(said).contains("branch-").contains("128 KiB").contains("follow the log");
    cluster.runFor(Duration.ofSeconds(30));
    assertThat(isBranch(b(), a())).isTrue();
    assertThat(branchFiles(a())).isEmpty();
  }

  @Test
  void whoHasABranchIsNotMadeThePrimaryInOrder() {
    made(b());
    split();
    assertThat(a().refusal(HandoverTest.primary())).isEqualTo("branch");
    cluster.written(b(), R, inRegion(3));
    a().run(GIVE_UP);
    allEqual(a());
    a().run(HandoverTest.primary());
    cluster.written(b(), R, inRegion(3));
  }

  /** While its role changes the replica cannot be looked at, and is as soon as it has changed. */
  @Test
  void whatIsToBeGivenUpIsToldAtAnyMoment() {
    made(b());
    cluster.net().cut("a", "b");
    cluster.runFor(Duration.ofSeconds(40));
    cluster.written(a(), R, inRegion(2));
    b().run(HandoverTest.forced(true));
    cluster.net().heal();
    List<Async<Outcome>> asked = new ArrayList<>();
    for (int i = 0; !isBranch(a(), a()) || i % 500 != 0; i++) {
      asked.add(a().begin(new Request(GIVE_UP, Duration.ofMinutes(1), true)));
      asked.add(
          a().begin(
                  new Request(
                      new Command.DeleteBranch(R, "branch-00000000-4096"),
                      Duration.ofMinutes(1),
                      true)));
      cluster
          .simulation()
          .runSteps(ScenarioOperator.deed(a(), R).orElseThrow().isPrimary() ? 20 : 3);
    }
    cluster.until(() -> asked.stream().allMatch(Async::isDone));
    assertThat(asked.stream().flatMap(one -> one.failure().stream()))
        .allSatisfy(why -> assertThat(why.toString()).doesNotContain("[failed]"));
    assertThat(asked.getLast().failure()).isEmpty();
  }

  private BranchView branches(SimClusterNode seenBy, SimClusterNode of) {
    return seenBy.replica(of).branches();
  }

  @Test
  void everybodySeesWhatEachSideWouldLose() {
    made(b(), c());
    split();
    for (SimClusterNode by : cluster.nodes()) {
      cluster.until(
          () -> branches(by, a()).loss().isPresent() && branches(by, b()).loss().isPresent());
    }
    for (SimClusterNode by : cluster.nodes()) {
      BranchView.Loss old = branches(by, a()).loss().orElseThrow();
      BranchView.Loss now = branches(by, b()).loss().orElseThrow();
      assertThat(old.touchedBytes()).isEqualTo(2L * RegionSet.REGION_BYTES);
      assertThat(old.bytes()).isBetween(2L * SimCluster.CELL, 64L << 10);
      assertThat(old.firstMillis()).isPositive().isLessThanOrEqualTo(old.lastMillis());
      assertThat(now.forkLsn()).isEqualTo(old.forkLsn());
      assertThat(now.touchedBytes()).isEqualTo(2L * RegionSet.REGION_BYTES);
      assertThat(now.lastMillis()).isGreaterThan(old.lastMillis());
    }
    assertThat(branches(b(), c()).loss()).isEmpty();
    cluster.written(b(), R, inRegion(10));
    cluster.until(() ->
        branches(b(), b()).loss().orElseThrow().touchedBytes() == 3L * RegionSet.REGION_BYTES);
    a().run(GIVE_UP);
    cluster.until(() -> branches(c(), b()).loss().isEmpty());
    cluster.until(() -> branches(c(), a()).loss().isEmpty());
  }

  /** On all clocks; of what is done now and then only the last minutes are run. */
  private void passes(Duration time) {
    cluster.nodes().forEach(node -> node.host().jumpWallClock(time));
    cluster.runFor(Duration.ofMinutes(5));
  }

  @Test
  void whatIsGivenUpIsListedAndDeletedInTime() {
    made(b());
    split();
    cluster.until(() -> branches(b(), a()).loss().isPresent());
    BranchView.Loss loss = branches(b(), a()).loss().orElseThrow();
    a().run(GIVE_UP);
    cluster.until(() -> !branches(b(), a()).kept().isEmpty());
    BranchView.Kept kept = branches(b(), a()).kept().getFirst();
    assertThat(kept.name()).endsWith("-" + loss.forkLsn());
    assertThat(kept.fromLsn()).isEqualTo(loss.forkLsn());
    assertThat(kept.toLsn()).isEqualTo(loss.forkLsn() + loss.bytes());
    assertThat(kept.fileBytes()).isGreaterThanOrEqualTo(loss.bytes());
    a().kill();
    a().start();
    passes(Duration.ofDays(6));
    assertThat(branchFiles(a())).isNotEmpty();
    assertThat(branches(b(), a()).kept().getFirst().age()).isGreaterThan(Duration.ofDays(5));
    passes(Duration.ofDays(1));
    assertThat(branchFiles(a())).isEmpty();
    assertThat(branches(b(), a()).kept()).isEmpty();
    allEqual(a());
  }

  @Test
  void howLongItIsKeptIsSaidByThePolicyAndAnOperatorMayDeleteItBefore() {
    made(b());
    split();
    b().run(new Command.SetPolicy(R, Optional.empty(), OptionalInt.of(1)));
    a().run(GIVE_UP);
    cluster.until(() -> !branches(a(), a()).kept().isEmpty());
    String name = branches(a(), a()).kept().getFirst().name();
    Command delete = new Command.DeleteBranch(R, name);
    assertThat(a().plan(delete).toString()).contains(name);
    assertThat(branchFiles(a())).isNotEmpty();
    assertThat(b().run(delete).toString()).contains("changed=false");
    a().run(delete);
    assertThat(branchFiles(a())).isEmpty();
    assertThat(branches(a(), a()).kept()).isEmpty();
    assertThat(a().run(delete).toString()).contains("changed=false");
  }

  @Test
  void aDayIsEnoughIfThePolicySaysSo() {
    made(b());
    split();
    b().run(new Command.SetPolicy(R, Optional.empty(), OptionalInt.of(1)));
    a().run(GIVE_UP);
    passes(Duration.ofHours(23));
    assertThat(branchFiles(a())).isNotEmpty();
    passes(Duration.ofHours(1));
    assertThat(branchFiles(a())).isEmpty();
  }

  /** The new primary has had to recycle what it wrote first. */
  @Test
  void whereTheNewLogIsGoneWhatHasChangedIsCompared() {
    made(b());
    split();
    for (int round = 0; round < 60; round++) {
      for (int cell = 128; cell < 256; cell += 16) {
        cluster.write(b(), R, cell, 16);
        cluster.write(b(), R, cell, 16);
      }
      cluster.runFor(Duration.ofSeconds(1));
    }
    assertThat(retained(b())).isGreaterThan(branches(b(), a()).loss().orElseThrow().forkLsn());
    assertThat(isBranch(b(), a())).isTrue();
    assertThat(a().plan(GIVE_UP).toString()).contains("compare what has changed since");
    a().run(GIVE_UP);
    allEqual(a());
    assertThat(branchFiles(a())).isNotEmpty();
    assertThat(isBranch(b(), a())).isFalse();
  }

  /** The old primary has written more than its log holds. */
  @Test
  void whereItsOwnLogDoesNotReachBackAllOfItIsKeptAndItBeginsAnew() {
    made(b());
    cluster.net().cut("a", "b");
    cluster.runFor(Duration.ofSeconds(40));
    for (int round = 0; round < 60; round++) {
      for (int cell = 128; cell < 256; cell += 16) {
        cluster.write(a(), R, cell, 16);
        cluster.write(a(), R, cell, 16);
      }
      cluster.runFor(Duration.ofSeconds(1));
    }
    b().run(HandoverTest.forced(true));
    cluster.written(b(), R, inRegion(6));
    cluster.net().heal();
    cluster.until(() -> isBranch(b(), a()));
    assertThat(a().plan(GIVE_UP).toString()).contains("does not reach back");
    a().run(GIVE_UP);
    allEqual(a());
    assertThat(branchFiles(a())).isNotEmpty();
    assertThat(isBranch(b(), a())).isFalse();
  }

  private static long retained(SimClusterNode node) {
    return node.node()
        .orElseThrow()
        .replicas()
        .getFirst()
        .report()
        .orElseThrow()
        .marks()
        .retained();
  }

  /** a crashes at every step of giving up, in one of two ways. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCrashWhileItIsGivenUpCostsNothing(boolean power) {
    int steps = 0;
    for (int after = 0; after == 0 || after <= steps; after += STRIDE) {
      cluster = new SimCluster(7, 2);
      made(b());
      split();
      long start = cluster.simulation().steps();
      Async<Outcome> verb = a().begin(GIVE_UP, Duration.ofMinutes(1));
      if (after == 0) {
        cluster.until(verb::isDone);
        steps = (int) (cluster.simulation().steps() - start);
        continue;
      }
      cluster.simulation().runSteps(after);
      if (power) {
        a().powerFail();
      } else {
        a().kill();
      }
      cluster.runFor(Duration.ofSeconds(2));
      a().start();
      cluster.until(() -> isBranch(b(), a()) || b().replica(a()).disk().equals("UpToDate"));
      if (isBranch(b(), a())) {
        a().run(GIVE_UP);
      }
      allEqual(a());
      assertThat(branchFiles(a())).as("after %d", after).isNotEmpty();
    }
  }
}
