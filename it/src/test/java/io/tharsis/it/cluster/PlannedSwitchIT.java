package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.initiator.WriteLedger;
import io.tharsis.it.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * MARS's switch2primary, the planned one, on two nodes whose line can be cut. There the device must
 * not be in use, and does not move; here whoever uses it does not notice. Where it must be refused
 * it is, at once and with what to do, and the primary goes on as if nobody had asked.
 */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlannedSwitchIT {

  private static final String R = "r";

  private final WriteLedger ledger = new WriteLedger(1, WriteLedger.Promise.STABLE_WHEN_GOOD);
  private TornPair pair;
  private TestNode alpha;
  private TestNode beta;
  private IscsiUrl atAlpha;
  private IscsiUrl atBeta;
  private long seed;

  @BeforeAll
  void start() throws IOException {
    pair = new TornPair("planned-switch");
    alpha = pair.alpha();
    beta = pair.beta();
    alpha.tell("create-resource", R, alpha.disk(R).toString(), "--size", "4MiB");
    beta.awaitShown(R + ":");
    beta.tell("join-resource", R, beta.disk(R).toString());
    atAlpha = alpha.awaitLun(R);
    atBeta = beta.awaitLun(R);
    beta.tell("wait-resource", R, "uptodate");
  }

  @AfterAll
  void end() throws IOException {
    if (pair != null) {
      pair.close();
    }
  }

  /** Alpha is the primary, beta follows it, and nobody writes; and so it is afterwards. */
  private void equal() throws IOException {
    assertThat(alpha.shown(R)).contains("Primary");
    beta.tell("wait-resource", R, "uptodate");
    assertThat(alpha.tell("verify", R)).contains("all copies are equal");
    ClusterLoad.verify(atAlpha, ledger);
    ClusterLoad.verify(atBeta, ledger);
  }

  private void refused(TestNode node, String code, String advice) throws IOException {
    Program.Outcome outcome = node.ask("primary", R);
    assertThat(outcome.status()).as("%s", outcome).isNotZero();
    assertThat(outcome.output()).contains("[" + code + "]").contains(advice);
  }

  private ClusterLoad load(IscsiUrl lun) throws IOException {
    ClusterLoad load = ClusterLoad.begin(lun, ledger, ++seed);
    load.awaitWrites(60);
    return load;
  }

  @Test
  @DisplayName(
      "admin/switch2primary/connected/data_dev_in_use: both ways, over one session at each")
  void theDeviceIsInUse() throws IOException {
    for (IscsiUrl lun : new IscsiUrl[] {atAlpha, atBeta}) {
      ClusterLoad load = load(lun);
      for (TestNode next : new TestNode[] {beta, alpha}) {
        next.tell("primary", R);
        load.awaitWrites(60);
        assertThat(next.shown(R)).contains("Primary");
      }
      load.stop();
    }
    equal();
  }

  @Test
  @DisplayName("admin/switch2primary/connected/data_dev_not_in_use")
  void theDeviceIsNotInUse() throws IOException {
    for (TestNode next : new TestNode[] {beta, alpha}) {
      next.tell("primary", R);
      assertThat(next.shown(R)).contains("Primary");
    }
    equal();
  }

  @Test
  @DisplayName("admin/switch2primary/not_connected: refused, and who serves goes on")
  void whoSeesNoPrimaryIsRefused() throws IOException {
    ClusterLoad load = load(atAlpha);
    pair.cut();
    refused(beta, "node-unreachable", "--force");
    load.awaitWrites(60);
    pair.heal();
    load.stop();
    equal();
  }

  @Test
  @DisplayName("admin/switch2primary/fetch_paused, disconnected: refused, and who serves goes on")
  void whoDoesNotFetchIsRefused() throws IOException {
    for (String[] words :
        new String[][] {{"pause-fetch", "resume-fetch"}, {"disconnect", "connect"}}) {
      beta.tell(words[0], R);
      ClusterLoad load = load(atAlpha);
      refused(beta, "fetch-paused", "resume-fetch");
      load.awaitWrites(60);
      load.stop();
      beta.tell(words[1], R);
    }
    equal();
  }

  @Test
  @DisplayName("admin/switch2primary/syncing: refused, and who serves goes on")
  void whoIsNoMomentOfThePrimaryIsRefused() throws IOException {
    beta.tell("pause-sync", R);
    beta.tell("invalidate", R);
    beta.awaitShown(R, "InConsistent");
    ClusterLoad load = load(atAlpha);
    refused(beta, "not-consistent", "wait-resource");
    load.awaitWrites(60);
    load.stop();
    beta.tell("resume-sync", R);
    equal();
  }

  @Test
  @DisplayName(
      "admin/switch2primary/split: the side that has a branch is refused until it is given up")
  void whoHasABranchIsRefused() throws IOException {
    WriteLedger lost = new WriteLedger(2, WriteLedger.Promise.STABLE_WHEN_GOOD);
    alpha.tell("primary", R);
    pair.cut();
    beta.tell("primary", R, "--force", "--accept-loss");
    ClusterLoad branch = ClusterLoad.begin(atAlpha, lost, ++seed);
    branch.awaitWrites(60);
    branch.stop();
    load(atBeta).stop();
    pair.heal();
    alpha.awaitShown(R, "Secondary");
    alpha.awaitShown(R, "Branch");
    refused(alpha, "branch", "invalidate");
    assertThat(alpha.tell("view", R)).contains("Branch");
    alpha.tell("invalidate", R);
    alpha.tell("wait-resource", R, "uptodate");
    alpha.tell("primary", R);
    equal();
  }

  @Test
  @DisplayName("admin/leave_and_create_standalone: the copy of who leaves is a resource of its own")
  void whoLeavesUsesItsCopyByItself() throws IOException {
    load(atAlpha).stop();
    beta.tell("wait-resource", R, "uptodate");
    beta.tell("wait-resource", R, "replayed");
    beta.tell("leave-resource", R);
    assertThat(beta.log(R)).doesNotExist();
    alpha.awaitNoReplica(R, beta);
    beta.tell("create-resource", "solo", beta.disk(R).toString());
    IscsiUrl solo = beta.awaitLun("solo");
    ClusterLoad.verify(solo, ledger);
    ClusterLoad load = load(atAlpha);
    WriteLedger own = new WriteLedger(3, WriteLedger.Promise.STABLE_WHEN_GOOD);
    ClusterLoad alone = ClusterLoad.begin(solo, own, ++seed);
    alone.awaitWrites(60);
    load.awaitWrites(60);
    pair.cut();
    alone.awaitWrites(60);
    pair.heal();
    alone.stop();
    load.stop();
    ClusterLoad.verify(solo, own);
    ClusterLoad.verify(atAlpha, ledger);
    beta.tell("delete-resource", "solo");
    beta.tell("join-resource", R, beta.disk(R).toString());
    atBeta = beta.awaitLun(R);
    equal();
    assertThat(Files.mismatch(alpha.disk(R), beta.disk(R))).isEqualTo(-1);
  }
}
