package io.tharsis.replication.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.control.ReplicationMode.LinkLoss;
import io.tharsis.replication.control.ReplicationMode.NearSync;
import io.tharsis.replication.control.ReplicationMode.Reaction;
import io.tharsis.replication.control.ReplicationMode.Sync;
import io.tharsis.replication.member.PromiseMark.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What waits, for how long, and when nobody is waited for any more. */
class PromiseTest {

  private static final LinkLoss DEGRADE = new LinkLoss(Duration.ofSeconds(10), Reaction.DEGRADE);
  private static final LinkLoss STALL = new LinkLoss(Duration.ofSeconds(10), Reaction.STALL);

  private final Simulation simulation = new Simulation(1);
  private final SimHost host = simulation.host("p");
  private final Site site = new Site();
  private final Promise promise = new Promise(host.clock(), site);

  private record Waiting(long lsn, long sinceNanos) {}

  /** A primary that writes what the test says, and members that are as far as it says. */
  private static final class Site implements Promise.Site {
    private final Map<String, Promise.Member> members = new TreeMap<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final List<Long> answered = new ArrayList<>();
    private final List<Kind> marks = new ArrayList<>();
    private boolean logTakesMarks = true;
    private Optional<Async<Long>> marking = Optional.empty();
    private int interrupted;
    private long durable;

    @Override
    public long durableLsn() {
      return durable;
    }

    @Override
    public List<Promise.Member> members() {
      return List.copyOf(members.values());
    }

    @Override
    public void answer(long lsn) {
      while (!waiting.isEmpty() && waiting.peek().lsn() <= lsn) {
        answered.add(waiting.remove().lsn());
      }
    }

    @Override
    public void answerWaitingSince(long nanos) {
      while (!waiting.isEmpty() && waiting.peek().sinceNanos() <= nanos) {
        answered.add(waiting.remove().lsn());
      }
    }

    @Override
    public OptionalLong oldestNanos() {
      return waiting.isEmpty()
          ? OptionalLong.empty()
          : OptionalLong.of(waiting.peek().sinceNanos());
    }

    @Override
    public void interrupt() {
      interrupted += waiting.size();
      waiting.clear();
    }

    @Override
    public Async<Long> mark(PromiseMark mark) {
      if (!logTakesMarks) {
        return Async.failed(new IOException("the log has stopped"));
      }
      Async<Long> durableThen = new Async<>();
      marks.add(mark.kind());
      marking = Optional.of(durableThen);
      return durableThen;
    }

    @Override
    public void changed() {}
  }

  private void write(long lsn) {
    site.durable = lsn;
    if (promise.mayAnswer(lsn)) {
      site.answered.add(lsn);
    } else {
      site.waiting.add(new Waiting(lsn, host.clock().monotonicNanos()));
    }
    promise.moved();
  }

  private void has(String member, long lsn) {
    site.members.put(member, new Promise.Member(lsn, true));
    promise.moved();
  }

  private void unlink(String member) {
    site.members.computeIfPresent(
        member, (name, was) -> new Promise.Member(was.durableLsn(), false));
    promise.moved();
  }

  /** The bookmark that is on its way is durable. */
  private void marked() {
    Async<Long> now = site.marking.orElseThrow();
    site.marking = Optional.empty();
    site.durable += 128;
    now.succeed(site.durable);
  }

  private void pass(Duration time) {
    simulation.runFor(time);
  }

  private PromiseStanding.State state() {
    return promise.standing().state();
  }

  private static NearSync near(long bytes, LinkLoss loss) {
    return new NearSync(OptionalLong.of(bytes), Optional.empty(), loss);
  }

  private static NearSync near(Duration time, LinkLoss loss) {
    return new NearSync(OptionalLong.empty(), Optional.of(time), loss);
  }

  // ---- async ----

  @Test
  void asyncWaitsForNobody() {
    write(100);
    assertThat(site.answered).containsExactly(100L);
    assertThat(state()).isEqualTo(PromiseStanding.State.NONE);
  }

  // ---- sync ----

  @Test
  void syncWaitsForAsManyAsItSays() {
    promise.set(new Sync(3, STALL));
    has("a", 500);
    write(100);
    has("b", 99);
    assertThat(site.answered).isEmpty();
    has("b", 100);
    assertThat(site.answered).containsExactly(100L);
    assertThat(state()).isEqualTo(PromiseStanding.State.KEPT);
  }

  @Test
  void whatAMemberHasSaidHoldsWhenItsLinkIsGone() {
    promise.set(new Sync(2, STALL));
    has("a", 100);
    unlink("a");
    write(100);
    write(200);
    assertThat(site.answered).containsExactly(100L);
  }

  @Test
  void aMemberThatCountsNoMoreIsWaitedForAnew() {
    promise.set(new Sync(2, STALL));
    has("a", 1000);
    site.members.remove("a");
    promise.moved();
    write(100);
    assertThat(site.answered).isEmpty();
  }

  @Test
  void noneIsDegradedBeforeTheBookmarkIsDurable() {
    promise.set(new Sync(2, DEGRADE));
    write(100);
    pass(Duration.ofMillis(9_999));
    assertThat(site.marks).isEmpty();
    pass(Duration.ofMillis(2));
    assertThat(site.marks).containsExactly(Kind.DEGRADED);
    write(200);
    assertThat(site.answered).isEmpty();
    assertThat(state()).isEqualTo(PromiseStanding.State.KEPT);
    marked();
    assertThat(site.answered).containsExactly(100L, 200L);
    assertThat(promise.standing().sinceMillis()).hasValue(host.clock().wallMillis());
    write(1000);
    assertThat(site.answered).endsWith(1000L);
    assertThat(state()).isEqualTo(PromiseStanding.State.DEGRADED);
  }

  @Test
  void whoComesWhileTheBookmarkIsOnItsWayIsKeptAnswered() {
    promise.set(new Sync(2, DEGRADE));
    write(100);
    pass(Duration.ofMillis(10_001));
    has("a", 100);
    assertThat(site.answered).containsExactly(100L);
    marked();
    // It has caught up, so that is over as soon as it has begun.
    assertThat(site.marks).containsExactly(Kind.DEGRADED, Kind.KEPT);
    marked();
    assertThat(state()).isEqualTo(PromiseStanding.State.KEPT);
  }

  @Test
  void itIsKeptAgainBehindTheSecondBookmark() {
    promise.set(new Sync(2, DEGRADE));
    write(100);
    pass(Duration.ofSeconds(11));
    marked();
    write(1000);
    pass(Duration.ofSeconds(5));
    has("a", 500);
    assertThat(site.marks).containsExactly(Kind.DEGRADED);
    has("a", 1000);
    assertThat(site.marks).containsExactly(Kind.DEGRADED, Kind.KEPT);
    write(2000);
    assertThat(site.answered).endsWith(2000L);
    assertThat(state()).isEqualTo(PromiseStanding.State.DEGRADED);
    marked();
    write(3000);
    assertThat(site.answered).endsWith(2000L);
    has("a", 3000);
    assertThat(site.answered).endsWith(3000L);
    assertThat(state()).isEqualTo(PromiseStanding.State.KEPT);
  }

  @Test
  void whoIsNotLinkedHasNotCaughtUp() {
    promise.set(new Sync(2, DEGRADE));
    has("a", 100);
    unlink("a");
    write(200);
    pass(Duration.ofSeconds(11));
    marked();
    site.members.put("a", new Promise.Member(5000, false));
    promise.moved();
    assertThat(site.marks).containsExactly(Kind.DEGRADED);
    has("a", 5000);
    assertThat(site.marks).endsWith(Kind.KEPT);
  }

  @Test
  void stallWaitsForEverAndSaysSo() {
    promise.set(new Sync(2, STALL));
    long begun = host.clock().wallMillis();
    write(100);
    pass(Duration.ofMinutes(10));
    assertThat(site.answered).isEmpty();
    assertThat(site.marks).isEmpty();
    assertThat(state()).isEqualTo(PromiseStanding.State.STALLED);
    assertThat(promise.standing().sinceMillis()).hasValue(begun);
    has("a", 100);
    assertThat(site.answered).containsExactly(100L);
    assertThat(state()).isEqualTo(PromiseStanding.State.KEPT);
  }

  @Test
  void whatWaitsEndsWhenTheLogTakesNoBookmark() {
    promise.set(new Sync(2, DEGRADE));
    write(100);
    site.logTakesMarks = false;
    pass(Duration.ofSeconds(11));
    assertThat(site.interrupted).isEqualTo(1);
    assertThat(site.answered).isEmpty();
  }

  // ---- another mode ----

  @Test
  void asyncLetsGoOfWhatWaits() {
    promise.set(new Sync(2, STALL));
    write(100);
    promise.set(new ReplicationMode.Async());
    assertThat(site.answered).containsExactly(100L);
    assertThat(site.marks).isEmpty();
  }

  @Test
  void asyncIsWrittenDownWhileItWasDegraded() {
    promise.set(new Sync(2, DEGRADE));
    write(100);
    pass(Duration.ofSeconds(11));
    marked();
    promise.set(new ReplicationMode.Async());
    assertThat(site.marks).containsExactly(Kind.DEGRADED, Kind.RELEASED);
    assertThat(state()).isEqualTo(PromiseStanding.State.NONE);
  }

  @Test
  void aPromiseHoldsForWhatIsWrittenFromThenOn() {
    write(100);
    promise.set(new Sync(2, STALL));
    write(200);
    assertThat(site.answered).containsExactly(100L);
  }

  @Test
  void aBookmarkThatComesTooLateChangesNothing() {
    promise.set(new Sync(2, DEGRADE));
    write(100);
    pass(Duration.ofSeconds(11));
    Async<Long> late = site.marking.orElseThrow();
    promise.set(new ReplicationMode.Async());
    promise.set(new Sync(2, DEGRADE));
    write(400);
    pass(Duration.ofSeconds(11));
    late.succeed(300L);
    assertThat(site.answered).containsExactly(100L);
    marked();
    assertThat(site.answered).containsExactly(100L, 400L);
  }

  // ---- near-sync ----

  @Test
  void nearSyncWaitsBeyondItsBytes() {
    promise.set(near(1000, DEGRADE));
    has("a", 100);
    has("b", 500);
    write(1500);
    write(1501);
    assertThat(site.answered).containsExactly(1500L);
    has("b", 501);
    assertThat(site.answered).containsExactly(1500L, 1501L);
  }

  @Test
  void nearSyncWaitsASecondAtMost() {
    promise.set(near(1000, DEGRADE));
    has("a", 1);
    write(5000);
    pass(Duration.ofMillis(500));
    write(6000);
    pass(Duration.ofMillis(499));
    assertThat(site.answered).isEmpty();
    pass(Duration.ofMillis(2));
    assertThat(site.answered).containsExactly(5000L);
    pass(Duration.ofMillis(500));
    assertThat(site.answered).containsExactly(5000L, 6000L);
    pass(Duration.ofMinutes(5));
    assertThat(site.marks).isEmpty();
  }

  @Test
  void nearSyncWaitsBeyondItsTime() {
    promise.set(near(Duration.ofSeconds(2), DEGRADE));
    has("a", 100);
    write(200);
    pass(Duration.ofSeconds(2));
    write(300);
    assertThat(site.answered).containsExactly(200L, 300L);
    pass(Duration.ofMillis(1));
    write(400);
    assertThat(site.answered).containsExactly(200L, 300L);
    // What it has not is as old as 300 now.
    has("a", 200);
    assertThat(site.answered).containsExactly(200L, 300L, 400L);
  }

  @Test
  void nearSyncDegradesWhenNobodyIsThere() {
    promise.set(near(1000, DEGRADE));
    has("a", 1);
    unlink("a");
    pass(Duration.ofMillis(9_500));
    write(5000);
    pass(Duration.ofMillis(499));
    assertThat(site.marks).isEmpty();
    pass(Duration.ofMillis(2));
    assertThat(site.marks).containsExactly(Kind.DEGRADED);
    marked();
    assertThat(site.answered).containsExactly(5000L);
    has("a", 5000);
    assertThat(site.marks).containsExactly(Kind.DEGRADED, Kind.KEPT);
  }

  @Test
  void nearSyncThatStallsSlowsDownFirst() {
    promise.set(near(1000, STALL));
    write(5000);
    pass(Duration.ofMillis(1001));
    assertThat(site.answered).containsExactly(5000L);
    pass(Duration.ofSeconds(10));
    write(6000);
    pass(Duration.ofMinutes(1));
    assertThat(site.answered).containsExactly(5000L);
    assertThat(state()).isEqualTo(PromiseStanding.State.STALLED);
    has("a", 6000);
    assertThat(site.answered).containsExactly(5000L, 6000L);
  }

  @Test
  void closedItArmsNothing() {
    promise.set(new Sync(2, DEGRADE));
    write(100);
    promise.close();
    pass(Duration.ofMinutes(1));
    assertThat(site.marks).isEmpty();
  }
}
