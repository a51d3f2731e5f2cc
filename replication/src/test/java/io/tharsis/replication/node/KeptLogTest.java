package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.control.WriteCacheMode;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Log that a primary keeps for a member that is away is there for it when the role has moved. */
final class KeptLogTest {

  private static final String R = "web";
  private static final long VOLUME_BYTES = 4L << 20;
  private static final int CELLS = Math.toIntExact(VOLUME_BYTES / SimCluster.CELL);
  private static final int CELLS_PER_WRITE = 64;
  private static final LogLimits LIMITS = TestLog.LIMITS.withMaxLogBytes(160 << 20);

  /** Several logfiles: who keeps log for nobody has recycled what was written first. */
  private static final long MISSED_BYTES = 60L << 20;

  /** And then the next primary writes some more. */
  private static final long LATER_BYTES = 30L << 20;

  private final SimCluster cluster = new SimCluster(5, 3, LIMITS);
  private final SimClusterNode a = cluster.node(0);
  private final SimClusterNode b = cluster.node(1);
  private final SimClusterNode c = cluster.node(2);

  /** While c is away a lot is written, and the role moves from a to b. */
  private void movedWhileAway() {
    cluster.start();
    a.run(
        new Command.CreateResource(
            R, "/disk-" + R, OptionalLong.of(VOLUME_BYTES), WriteCacheMode.DURABLE));
    write(a, VOLUME_BYTES);
    cluster.until(
        () -> cluster.nodes().stream().noneMatch(node -> node.view().resources().isEmpty()));
    for (SimClusterNode member : new SimClusterNode[] {b, c}) {
      member.run(SimCluster.join(R));
      member.run(SimCluster.wait(R, WaitState.UP_TO_DATE));
    }
    c.kill();
    write(a, MISSED_BYTES);
    b.run(SimCluster.wait(R, WaitState.REPLAYED));
    b.run(HandoverTest.primary());
  }

  private void write(SimClusterNode primary, long bytes) {
    for (long cell = 0; cell < bytes / SimCluster.CELL; cell += CELLS_PER_WRITE) {
      cluster.write(primary, R, Math.toIntExact(cell % CELLS), CELLS_PER_WRITE);
    }
  }

  /** It fetches what it misses; it does not begin anew, in its place or beside what it has. */
  private void comesBack() {
    c.start();
    Async<Outcome> current =
        c.begin(SimCluster.wait(R, WaitState.UP_TO_DATE), Duration.ofMinutes(2));
    while (!current.isDone()) {
      cluster.simulation().runSteps(1);
      assertThat(isBegunAnew()).as("c begins anew").isFalse();
    }
    assertThat(current.failure()).isEmpty();
    c.run(SimCluster.wait(R, WaitState.REPLAYED));
    b.run(SimCluster.wait(R, WaitState.REPLAYED));
    assertThat(cluster.disk(c, R)).isEqualTo(cluster.disk(b, R));
  }

  private boolean isBegunAnew() {
    return SimPremises.directory(c.host(), R).has("staged")
        || c.node().stream()
            .flatMap(node -> node.replicas().stream())
            .anyMatch(one -> one.deed().stage() == Deed.Stage.RENEWING);
  }

  @Test
  void theFormerPrimaryServesWhatItHasKept() {
    movedWhileAway();
    write(b, LATER_BYTES);
    comesBack();
  }

  @Test
  void aFormerPrimaryThatWasRestartedServesItToo() {
    movedWhileAway();
    a.stop();
    a.start();
    write(b, LATER_BYTES);
    a.run(SimCluster.wait(R, WaitState.REPLAYED));
    comesBack();
  }
}
