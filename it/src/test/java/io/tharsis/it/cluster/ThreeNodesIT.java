package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.it.initiator.Initiator;
import io.tharsis.it.initiator.InitiatorSettings;
import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.initiator.WriteLedger;
import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Three nodes on this machine, each a process of its own, from their first start to the end of
 * their cluster: replicas come and go under load, and nodes are killed.
 */
class ThreeNodesIT {

  private static final Duration CATCH_UP = Duration.ofSeconds(60);
  private static final String R = "r";

  private final WriteLedger ledger = new WriteLedger(1, WriteLedger.Promise.STABLE_WHEN_GOOD);
  private Path directory;
  private TestNode alpha;
  private TestNode beta;
  private TestNode gamma;

  @BeforeEach
  void start() throws IOException {
    directory = Checkout.find().workDirectory("three-nodes");
    alpha = TestNode.begin(directory, "alpha", HostPlace.AS_TYPED, "512MiB");
    beta = TestNode.begin(directory, "beta", HostPlace.AS_TYPED, "512MiB");
    gamma = TestNode.begin(directory, "gamma", HostPlace.AS_TYPED, "512MiB");
    for (TestNode node : nodes()) {
      node.awaitReady();
    }
  }

  @AfterEach
  void end() throws IOException {
    for (TestNode node : nodes()) {
      node.close();
    }
  }

  private List<TestNode> nodes() {
    return Stream.of(alpha, beta, gamma).toList();
  }

  @Test
  void replicasComeAndGoUnderLoadAndNodesAreKilled() throws IOException {
    makeCluster();
    alpha.tell("create-resource", R, alpha.disk(R).toString(), "--size", "64MiB");
    IscsiUrl lun = alpha.awaitLun(R);

    joinUnderLoad(lun);
    killSecondaryUnderLoad(lun);
    killPrimaryUnderLoad();
    giveUpReplicas();
    giveUpCluster();

    for (TestNode node : nodes()) {
      node.stop();
    }
    Checkout.remove(directory);
  }

  private void makeCluster() throws IOException {
    assertThat(alpha.ask("create-resource", R, alpha.disk(R).toString()).output())
        .contains("[not-in-cluster]");
    alpha.tell("create-cluster");
    alpha.invite(beta);
    alpha.invite(gamma);
    for (TestNode node : nodes()) {
      for (TestNode other : nodes()) {
        node.awaitShown(other.name());
      }
    }
  }

  private void joinUnderLoad(IscsiUrl lun) throws IOException {
    ClusterLoad load = ClusterLoad.begin(lun, ledger, 1);
    load.awaitWrites(500);
    for (TestNode node : List.of(beta, gamma)) {
      node.awaitShown(R + ":");
      node.tell("join-resource", R, node.disk(R).toString());
    }
    for (TestNode node : List.of(beta, gamma)) {
      node.tell("wait-resource", R, "consistent");
    }
    load.awaitWrites(500);
    load.stop();
    awaitEqualDisks(beta, gamma);
  }

  private void killSecondaryUnderLoad(IscsiUrl lun) throws IOException {
    ClusterLoad load = ClusterLoad.begin(lun, ledger, 2);
    load.awaitWrites(300);
    gamma.kill();
    load.awaitWrites(500);
    gamma.restart();
    load.awaitWrites(300);
    load.stop();
    awaitEqualDisks(beta, gamma);
  }

  private void killPrimaryUnderLoad() throws IOException {
    ClusterLoad load = ClusterLoad.begin(alpha.awaitLun(R), ledger, 3);
    load.awaitWrites(500);
    alpha.kill();
    load.awaitLoss();
    alpha.restart();
    IscsiUrl lun = alpha.awaitLun(R);
    ClusterLoad.verify(lun, ledger);
    ClusterLoad after = ClusterLoad.begin(lun, ledger, 4);
    after.awaitWrites(300);
    after.stop();
    awaitEqualDisks(beta, gamma);
    ClusterLoad.verify(lun, ledger);
  }

  private void giveUpReplicas() throws IOException {
    assertThat(gamma.ask("leave-cluster").output()).contains("has replicas of r");
    gamma.tell("leave-resource", R);
    assertThat(gamma.data().resolve("resource-" + R)).doesNotExist();
    alpha.awaitNotShown("gamma  UpToDate");
    beta.tell("leave-resource", R);
    IscsiUrl lun = alpha.awaitLun(R);
    alpha.tell("delete-resource", R);
    assertThat(alpha.data().resolve("resource-" + R)).as(alpha.tell("view")).doesNotExist();
    assertThatThrownBy(() -> Initiator.connect(lun, InitiatorSettings.named("iqn.2026-11.x:late")))
        .isInstanceOf(IOException.class);
    assertThat(alpha.disk(R)).exists();
  }

  private void giveUpCluster() throws IOException {
    assertThat(alpha.ask("leave-cluster").output()).contains("[ca-here]");
    gamma.tell("leave-cluster");
    beta.tell("leave-cluster");
    alpha.awaitNotShown("beta");
    alpha.tell("leave-cluster");
    for (TestNode node : nodes()) {
      assertThat(node.tell("view")).contains("is in no cluster");
    }
  }

  /** Nobody writes: then every disk has to become like the primary's, byte for byte. */
  private void awaitEqualDisks(TestNode... copies) throws IOException {
    for (TestNode copy : copies) {
      Condition.await(
          copy.name() + "'s disk is like alpha's",
          CATCH_UP,
          () -> Files.mismatch(alpha.disk(R), copy.disk(R)) == -1);
      copy.tell("wait-resource", R, "uptodate");
    }
  }
}
