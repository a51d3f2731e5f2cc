package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.SimOwner;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.control.view.FactsBuilder;
import io.tharsis.replication.control.view.ReplicaFacts;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who waits for a replica is answered by the deadline. */
final class WaitTest {

  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration BEFORE = Duration.ofMillis(9_900);
  private static final Duration REST = Duration.ofMillis(200);

  private final Simulation simulation = new Simulation(1);
  private final SimHost host = simulation.host("a");
  private final SimOwner owner = host.owner("node");
  private final Clock clock = host.clock(owner);
  private final Scene scene = new Scene();

  /** What is to be seen. */
  private static final class Scene implements Wait.Sight {
    private Async<Void> refreshed = Async.done();
    private Optional<Refusal> objection = Optional.empty();
    private ReplicaFacts facts = FactsBuilder.secondary("b").behind(100, 0, Duration.ZERO).facts();

    @Override
    public Async<Void> refresh() {
      return refreshed;
    }

    @Override
    public Optional<Refusal> objection() {
      return objection;
    }

    @Override
    public Optional<ReplicaFacts> replica(String host) {
      return Optional.of(facts).filter(one -> one.host().equals(host));
    }
  }

  private Async<Outcome> wait(String host) {
    Command.WaitResource wish =
        new Command.WaitResource("web", WaitState.UP_TO_DATE, Optional.of(host));
    return new Wait(wish, host, DEADLINE, scene).begin(clock);
  }

  private static Refusal refusal(Async<Outcome> ended) {
    return ((RefusedException) ended.failure().orElseThrow()).refusal();
  }

  @Test
  void itEndsWhenTheStateIsReached() {
    Async<Outcome> waiting = wait("b");
    simulation.runFor(BEFORE);
    assertThat(waiting.isDone()).isFalse();
    scene.facts = FactsBuilder.secondary("b").facts();
    simulation.runFor(REST);
    assertThat(waiting.value()).isInstanceOf(Outcome.Done.class);
    simulation.runFor(DEADLINE);
  }

  @Test
  void theDeadlineHoldsThoughNothingIsReached() {
    Async<Outcome> waiting = wait("b");
    Async<Outcome> forNobody = wait("c");
    simulation.runFor(BEFORE);
    assertThat(waiting.isDone()).isFalse();
    simulation.runFor(REST);
    assertThat(refusal(waiting).kind()).isEqualTo(Refusal.Kind.LATE);
    assertThat(refusal(waiting).fact()).contains("OutDated");
    assertThat(refusal(forNobody).fact()).contains("no replica");
  }

  @Test
  void theDeadlineHoldsThoughWhatIsLookedAtNeverAnswers() {
    scene.refreshed = new Async<>();
    Async<Outcome> waiting = wait("b");
    simulation.runFor(BEFORE);
    assertThat(waiting.isDone()).isFalse();
    simulation.runFor(REST);
    assertThat(refusal(waiting).code()).isEqualTo("deadline");
    scene.refreshed.fail(new IOException("at last"));
    simulation.runFor(DEADLINE);
  }

  @Test
  void whatMakesItSenselessEndsIt() {
    Async<Outcome> waiting = wait("b");
    scene.objection = Optional.of(Refusal.host("node-stopping", "the node stops", "start it"));
    simulation.runFor(REST);
    assertThat(refusal(waiting).code()).isEqualTo("node-stopping");
    simulation.runFor(DEADLINE);
  }
}
