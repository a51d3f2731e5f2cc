package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.sim.SimOwner;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.node.RoleWish.Answer;
import io.tharsis.replication.remote.AccessState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Initiators wish that a node be the primary, and are always answered. */
final class WishesTest extends OnThreeNodes {

  private static final String R = "web";
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration BRIEF = Duration.ofSeconds(1);

  /** A message more than the limit, for the way back. */
  private static final Duration LIMIT = Wishes.LIMIT.plusMillis(100);

  /** Every so manyth event; all of them take some minutes. */
  private static final int STRIDE = Integer.getInteger("tharsis.stride", 29);

  private void made(SimClusterNode... members) {
    cluster.made(R, 20);
    for (SimClusterNode member : members) {
      cluster.joined(R, member);
    }
    cluster.until(
        () -> cluster.nodes().stream().noneMatch(node -> node.view().resources().isEmpty()));
  }

  /** A wish, with what the front at that node was when it was answered. */
  private static final class Wished {
    private final Async<Answer> answer = new Async<>();
    private final List<AccessState> seen = new ArrayList<>();
    private final SimPremises premises;

    Wished(SimPremises premises) {
      this.premises = premises;
    }

    boolean isDone() {
      return answer.isDone();
    }
  }

  private static Wished wish(SimClusterNode node) {
    SimPremises premises = node.premises();
    Wished wished = new Wished(premises);
    RoleWish way = premises.wish(R).orElseThrow();
    node.host()
        .owner("resource " + R)
        .execute(() -> {
          Async<Answer> answer = way.ask();
          assertThat(answer.isDone()).isFalse();
          answer.observe(
              became -> {
                premises.front(R).ifPresent(front -> wished.seen.add(front.state()));
                wished.answer.succeed(became);
              },
              wished.answer::fail);
        });
    return wished;
  }

  /** What is answered, which must be within the time. */
  private Answer answered(Wished wished, Duration limit) {
    long begun = cluster.simulation().nowNanos();
    while (!wished.isDone() && cluster.simulation().nowNanos() - begun <= limit.toNanos()) {
      cluster.runFor(Duration.ofMillis(1));
      assertThat(wished.isDone() || wished.premises.front(R).isPresent())
          .as("answered before the LUN is withdrawn, which waits for that")
          .isTrue();
    }
    assertThat(wished.isDone()).as("answered within %s", limit).isTrue();
    return wished.answer.value();
  }

  @Test
  void theRoleComesAndWritersNoticeAPauseOnly() {
    made(b(), c());
    List<Async<String>> writes = new ArrayList<>();
    Wished wished = wish(b());
    for (int i = 0; i < 100; i++) {
      writes.add(cluster.begin(cluster.node(i % 3), R, i));
      cluster.runFor(Duration.ofMillis(3));
    }
    assertThat(answered(wished, BRIEF)).isEqualTo(Answer.DONE);
    assertThat(wished.seen).containsExactly(AccessState.OPTIMIZED);
    cluster.until(() -> writes.stream().allMatch(Async::isDone));
    assertThat(writes).allMatch(write -> write.value().isEmpty());
    assertThat(serving(R)).contains(b());
    assertThat(answered(wish(b()), BRIEF)).as("wished again").isEqualTo(Answer.DONE);
    assertThat(answered(wish(a()), BRIEF)).as("and back").isEqualTo(Answer.DONE);
    cluster.written(b(), R, 101);
  }

  @Test
  void wishesThatComeTogetherAreOne() {
    made(b());
    List<Wished> all = Stream.generate(() -> wish(b())).limit(5).toList();
    for (Wished one : all) {
      assertThat(answered(one, BRIEF)).isEqualTo(Answer.DONE);
    }
    assertThat(b().view().resources().getFirst().replicas()).isNotEmpty();
    assertThat(serving(R)).contains(b());
  }

  @Test
  void ofTwoNodesThatAreWishedForOneIsThePrimary() {
    made(b(), c());
    Wished atB = wish(b());
    Wished atC = wish(c());
    List<Answer> answers = List.of(answered(atB, LIMIT), answered(atC, LIMIT));
    assertThat(answers).contains(Answer.DONE);
    cluster.until(() -> serving(R).isPresent());
    assertThat(serving(R)).get().isIn(b(), c());
    cluster.written(a(), R, 30);
  }

  @Test
  void aWishAndAVerbAreBothAnswered() {
    made(b());
    Wished wished = wish(b());
    Async<Outcome> verb = b().begin(HandoverTest.primary(), MINUTE);
    assertThat(answered(wished, LIMIT)).isEqualTo(Answer.DONE);
    cluster.until(verb::isDone);
    assertThat(serving(R)).contains(b());
  }

  @Test
  void whatTheVerbRefusesIsRefused() {
    made(b());
    b().run(new Command.Turn(R, SwitchVerb.PAUSE_FETCH));
    assertThat(answered(wish(b()), BRIEF)).isEqualTo(Answer.REFUSED);
    b().run(new Command.Turn(R, SwitchVerb.RESUME_FETCH));
    b().run(SimCluster.wait(R, WaitState.UP_TO_DATE));
    b().run(new Command.Turn(R, SwitchVerb.DETACH));
    assertThat(answered(wish(b()), BRIEF)).isEqualTo(Answer.REFUSED);
    b().run(new Command.Turn(R, SwitchVerb.ATTACH));
    assertThat(serving(R)).contains(a());
    cluster.until(() -> answered(wish(b()), LIMIT) == Answer.DONE);
  }

  /** Nothing was begun, so nothing comes about later either. */
  @Test
  void whoIsNotCaughtUpWithinSecondsIsRefused() {
    made(b());
    cluster.net().cut("a", "b");
    Wished wished = wish(b());
    assertThat(answered(wished, LIMIT)).isEqualTo(Answer.REFUSED);
    cluster.net().heal();
    cluster.runFor(MINUTE);
    assertThat(serving(R)).contains(a());
  }

  /** Whatever is waited for never comes: the plan, or the end of what was begun. */
  @Test
  void thereIsAnAnswerWhenTheTimeIsOver() {
    made(b());
    List<Verbs.Plan> begun = new ArrayList<>();
    Async<Verbs.Plan> late = new Async<>();
    Verbs.Plan plan =
        new Verbs.Plan(
            true,
            List.of(),
            () -> {
              begun.add(Verbs.Plan.already("begun"));
              return new Async<>();
            });
    Async<Answer> unplanned = heard(late);
    Async<Answer> unended = heard(Async.of(plan));
    cluster.runFor(Wishes.LIMIT.minusMillis(100));
    assertThat(unplanned.isDone() || unended.isDone()).isFalse();
    cluster.runFor(Duration.ofMillis(200));
    assertThat(unplanned.value()).as("nothing was begun").isEqualTo(Answer.REFUSED);
    assertThat(unended.value()).isEqualTo(Answer.FAILED);
    assertThat(begun).hasSize(1);
    b().host().owner().execute(() -> late.succeed(plan));
    cluster.runFor(BRIEF);
    assertThat(begun).as("what was refused is not begun").hasSize(1);
  }

  /** A wish of which no more is known than what is planned. */
  private Async<Answer> heard(Async<Verbs.Plan> planned) {
    Tenancy tenancy = b().node().orElseThrow().replicas().getFirst();
    SimOwner owner = b().host().owner();
    Async<Answer> answer = new Async<>();
    owner.execute(() ->
        new Wishes(tenancy, b().host().clock(), () -> planned)
            .heard()
            .observe(answer::succeed, answer::fail));
    return answer;
  }

  @Test
  void nobodyIsForced() {
    made(b(), c());
    a().kill();
    for (int round = 0; round < 10; round++) {
      assertThat(answered(wish(b()), LIMIT)).isEqualTo(Answer.REFUSED);
      cluster.runFor(Duration.ofSeconds(5));
      assertThat(serving(R)).isEmpty();
    }
    assertThat(answered(wish(b()), BRIEF))
        .as("of who is known to be away")
        .isEqualTo(Answer.REFUSED);
    a().start();
    cluster.until(() -> serving(R).isPresent());
    assertThat(serving(R)).contains(a());
  }

  @Test
  void whoHasNoReplicaCannotBeWishedFor() {
    made(b());
    c().run(new Command.AttachClient(R));
    assertThat(c().premises().front(R)).isPresent();
    assertThat(c().premises().wish(R)).isEmpty();
    c().run(new Command.DetachClient(R));
    c().run(SimCluster.join(R));
    c().run(SimCluster.wait(R, WaitState.UP_TO_DATE));
    assertThat(answered(wish(c()), BRIEF)).isEqualTo(Answer.DONE);
  }

  /** What happens to a wish, or to the handover that it has begun. */
  enum Event {
    PRIMARY_KILLED,
    PRIMARY_WITHOUT_POWER,
    LINE_CUT,
    NODE_STOPPED,
    REPLICA_LEFT,
    DETACHED,
    WISHED_ELSEWHERE;

    boolean endsTheNode() {
      return this == NODE_STOPPED;
    }
  }

  private void happens(Event event) {
    switch (event) {
      case PRIMARY_KILLED -> a().kill();
      case PRIMARY_WITHOUT_POWER -> a().powerFail();
      case LINE_CUT -> cluster.net().cut("a", "b");
      case NODE_STOPPED ->
          b().host()
              .owner()
              .execute(() -> b().node().orElseThrow().close().observe(done -> {}, cause -> {}));
      case REPLICA_LEFT -> {
        Async<Outcome> _ = b().begin(new Command.LeaveResource(R, Optional.empty(), false), MINUTE);
      }
      case DETACHED -> {
        Async<Outcome> _ = b().begin(new Command.Turn(R, SwitchVerb.DETACH), MINUTE);
      }
      case WISHED_ELSEWHERE -> wish(c());
    }
  }

  /** At every step of a handover that was wished for. */
  @ParameterizedTest
  @EnumSource
  void thereIsAnAnswerWhateverHappens(Event event) {
    int steps = measured();
    for (int after = 0; after < steps; after += STRIDE) {
      cluster = new SimCluster(7, 3);
      made(b(), c());
      Wished wished = wish(b());
      Async<String> write = cluster.begin(a(), R, 40);
      cluster.simulation().runSteps(after);
      boolean acknowledged = write.isDone() && write.value().isEmpty();
      happens(event);
      Answer answer = answered(wished, LIMIT);
      if (answer == Answer.DONE && !wished.seen.isEmpty() && event != Event.WISHED_ELSEWHERE) {
        assertThat(wished.seen).as("after %d", after).containsExactly(AccessState.OPTIMIZED);
      }
      goesOn(event, after);
      if (acknowledged) {
        assertThat(cluster.read(serving(R).orElseThrow(), R, 40))
            .as("after %d", after)
            .isPositive();
      }
    }
  }

  private void goesOn(Event event, int after) {
    cluster.runFor(Duration.ofSeconds(3));
    cluster.net().heal();
    if (!a().isBooted()) {
      a().start();
    }
    if (event.endsTheNode()) {
      cluster.runFor(Duration.ofSeconds(20));
      b().kill();
      b().start();
    }
    if (event == Event.DETACHED) {
      b().run(new Command.Turn(R, SwitchVerb.ATTACH));
    }
    cluster.until(() -> serving(R).isPresent() && a().premises().front(R).isPresent());
    Async<String> write = cluster.begin(a(), R, 41);
    cluster.until(write::isDone);
    assertThat(write.value()).as("after %d", after).isEmpty();
  }

  /** How many events a handover takes that was wished for. */
  private int measured() {
    cluster = new SimCluster(7, 3);
    made(b(), c());
    long start = cluster.simulation().steps();
    assertThat(answered(wish(b()), BRIEF)).isEqualTo(Answer.DONE);
    return (int) (cluster.simulation().steps() - start);
  }
}
