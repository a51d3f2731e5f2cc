package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.initiator.WriteLedger;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The role of primary moves between three processes while an initiator writes through one portal
 * and keeps its session. Each begins and ends with alpha as the primary.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HandoverIT {

  private static final String R = "r";
  private static final int ROUNDS = Integer.getInteger("tharsis.it.handovers", 6);

  private final WriteLedger ledger = new WriteLedger(1, WriteLedger.Promise.STABLE_WHEN_GOOD);
  private TestCluster cluster;
  private IscsiUrl lun;

  @BeforeAll
  void start() throws IOException {
    TestCluster.Serving serving = TestCluster.serving("handover", "256MiB", R, "32MiB");
    cluster = serving.cluster();
    lun = serving.lun();
    cluster.awaitEqual(R);
  }

  @AfterAll
  void end() throws IOException {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  @DisplayName("admin/switch2primary: round and round under load, over one session to one portal")
  void theRoleGoesRound() throws IOException {
    List<TestNode> nodes = cluster.nodes();
    ClusterLoad load = ClusterLoad.beginGently(lun, ledger, 1);
    load.awaitWrites(200);
    for (int round = 1; round <= ROUNDS; round++) {
      TestNode next = nodes.get(round % nodes.size());
      next.tell("wait-resource", R, "synced");
      next.tell("primary", R);
      load.awaitWrites(200);
      assertThat(next.shown(R)).contains("Primary");
    }
    nodes.getFirst().tell("wait-resource", R, "synced");
    nodes.getFirst().tell("primary", R);
    load.stop();
    cluster.awaitEqual(R);
    ClusterLoad.verify(lun, ledger);
    ClusterLoad.verify(cluster.beta().awaitLun(R), ledger);
  }

  @Test
  @DisplayName("admin/switch2primary: whoever is not up to date is refused, and nothing is lost")
  void whoCannotIsRefused() throws IOException {
    cluster.beta().tell("pause-fetch", R);
    assertThat(cluster.beta().ask("primary", R).status()).isNotZero();
    assertThat(cluster.beta().ask("primary", R, "--force").toString()).contains("accept-loss");
    cluster.beta().tell("resume-fetch", R);
    cluster.beta().tell("wait-resource", R, "uptodate");
    assertThat(cluster.beta().ask("primary", R, "--force").toString()).contains("primary-alive");
    String plan = cluster.beta().tell("primary", R, "--dry-run");
    assertThat(plan).contains("hold writes");
    assertThat(cluster.alpha().shown(R)).contains("Primary");
  }
}
