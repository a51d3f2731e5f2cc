package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.link.LinkEvent;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Replicas that fetch and sync over several connections to one node. */
final class ConnectionsTest {

  private static final Duration LONG_LINE = Duration.ofMillis(20);

  private final SimCluster cluster = new SimCluster(1, 2);

  private SimClusterNode a() {
    return cluster.node(0);
  }

  private SimClusterNode b() {
    return cluster.node(1);
  }

  private void equal() {
    a().run(SimCluster.wait("web", WaitState.REPLAYED));
    b().run(SimCluster.wait("web", WaitState.UP_TO_DATE));
    assertThat(cluster.disk(b(), "web")).isEqualTo(cluster.disk(a(), "web"));
  }

  @Test
  void aReplicaIsSyncedAndFollowsOverCutsAndKills() {
    b().connections(3);
    cluster.net().line("a", "b").delay(Duration.ofMillis(1), LONG_LINE);
    cluster.net().line("b", "a").delay(Duration.ofMillis(1), LONG_LINE);
    cluster.start();
    a().run(SimCluster.create("web"));
    for (int cell = 0; cell < 40; cell++) {
      cluster.write(a(), "web", cell);
    }
    cluster.until(() -> !b().view().resources().isEmpty());
    b().run(SimCluster.join("web"));
    equal();
    assertThat(b().count(LinkEvent.CONNECTED)).isGreaterThanOrEqualTo(3 + 3);
    for (int round = 0; round < 5; round++) {
      cluster.net().cut("a", "b");
      for (int cell = 0; cell < 30; cell++) {
        cluster.write(a(), "web", 20 * round + cell);
      }
      cluster.runFor(Duration.ofSeconds(20));
      cluster.net().heal();
      cluster.runFor(Duration.ofSeconds(10));
      equal();
      b().kill();
      cluster.write(a(), "web", round);
      b().start();
      cluster.runFor(Duration.ofSeconds(5));
      equal();
    }
  }
}
