package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.control.ReplicationMode.LinkLoss;
import io.tharsis.replication.control.ReplicationMode.Reaction;
import io.tharsis.replication.control.ReplicationMode.Sync;
import io.tharsis.replication.control.WaitState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What GOOD promises, said by an operator and kept by whoever is the primary. */
final class ModesTest {

  private static final String R = "web";
  private static final Duration AFTER = Duration.ofSeconds(3);

  private final SimCluster cluster = new SimCluster(4, 2);

  private SimClusterNode a() {
    return cluster.node(0);
  }

  private SimClusterNode b() {
    return cluster.node(1);
  }

  private static Command mode(Reaction reaction) {
    return new Command.SetMode(R, new Sync(2, new LinkLoss(AFTER, reaction)));
  }

  private void made(Reaction reaction) {
    cluster.start();
    a().run(SimCluster.create(R));
    cluster.until(() -> !b().view().resources().isEmpty());
    b().run(SimCluster.join(R));
    b().run(SimCluster.wait(R, WaitState.UP_TO_DATE));
    a().run(mode(reaction));
  }

  private static String alarms(SimClusterNode node) {
    return String.join("; ", node.view().resources().getFirst().alarms());
  }

  private Async<String> begun(SimClusterNode through, int cell) {
    cluster.until(() -> through.premises().front(R).isPresent());
    return cluster.begin(through, R, cell);
  }

  private void answered(Async<String> write) {
    cluster.until(write::isDone);
    assertThat(write.value()).isEmpty();
  }

  @Test
  void whatIsPromisedIsKeptAndWhatIsNotIsTold() {
    made(Reaction.DEGRADE);
    answered(begun(a(), 1));
    cluster.net().cut("a", "b");
    Async<String> waits = begun(a(), 2);
    cluster.runFor(AFTER.minusMillis(100));
    assertThat(waits.isDone()).isFalse();
    answered(waits);
    cluster.until(() -> alarms(a()).contains("degraded since"));
    cluster.net().heal();
    cluster.until(() -> !alarms(a()).contains("degraded since"));
    answered(begun(a(), 3));
  }

  @Test
  void aPrimaryThatIsStartedAgainPromisesTheSame() {
    made(Reaction.STALL);
    a().kill();
    b().kill();
    a().start();
    cluster.until(() -> a().isUp());
    Async<String> waits = begun(a(), 4);
    cluster.runFor(Duration.ofSeconds(8));
    assertThat(waits.isDone() && waits.value().isEmpty()).isFalse();
    b().start();
    Async<String> next = begun(a(), 5);
    answered(next);
  }

  @Test
  void whoTakesOverPromisesTheSame() {
    made(Reaction.STALL);
    b().run(HandoverTest.primary());
    assertThat(b().view().resources().getFirst().settings().mode())
        .isEqualTo(new Sync(2, new LinkLoss(AFTER, Reaction.STALL)));
    answered(begun(b(), 6));
    cluster.net().cut("a", "b");
    Async<String> waits = begun(b(), 7);
    cluster.runFor(Duration.ofSeconds(8));
    assertThat(waits.isDone()).isFalse();
    cluster.until(() -> alarms(b()).contains("stalled since"));
    b().run(new Command.SetMode(R, new ReplicationMode.Async()));
    answered(waits);
  }

  @Test
  void theSameAgainChangesNothing() {
    made(Reaction.STALL);
    assertThat(a().run(mode(Reaction.STALL)).toString()).contains("already");
  }
}
