package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.initiator.WriteLedger;
import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A member whose log was given up while it was away, with room for a newer copy beside the one that
 * it has: that one stays what it is, through a kill, until all of the other is there.
 */
class StagedIT {

  private static final String R = "r";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final WriteLedger ledger = new WriteLedger(1, WriteLedger.Promise.STABLE_WHEN_GOOD);
  private Path directory;
  private TestNode alpha;
  private TestNode beta;

  @BeforeEach
  void start() throws IOException {
    directory = Checkout.find().workDirectory("staged");
    alpha = TestNode.begin(directory, "alpha", HostPlace.HERE, "64MiB");
    beta = TestNode.begin(directory, "beta", HostPlace.HERE, "160MiB");
    for (TestNode node : List.of(alpha, beta)) {
      node.awaitReady();
    }
  }

  @AfterEach
  void end() throws IOException {
    alpha.close();
    beta.close();
  }

  @Test
  void aCopyThatWasGivenUpIsServedUntilANewOneHasTakenItsPlace() throws IOException {
    IscsiUrl lun = makeReplicas();
    Path old = giveUp(lun);

    beta.restart();
    Condition.await("a copy is staged", LIMIT, () -> has("staged"));
    beta.kill();
    assertThat(Files.mismatch(old, beta.disk(R))).as("its disk was touched").isEqualTo(-1);
    beta.restart();
    awaitStaged();
    assertThat(Files.mismatch(old, beta.disk(R))).as("its disk was touched").isEqualTo(-1);

    beta.tell("resume-replay", R);
    beta.tell("wait-resource", R, "uptodate");
    assertThat(has("staged") || has("flipping") || has("moving") || has("side-checkpoint"))
        .isFalse();
    write(lun, 200, 3);
    alpha.tell("wait-resource", R, "replayed");
    Condition.await(
        "the disks are equal", LIMIT, () -> Files.mismatch(alpha.disk(R), beta.disk(R)) == -1);
    beta.tell("wait-resource", R, "uptodate");
    ClusterLoad.verify(lun, ledger);
    assertThat(alpha.tell("verify", R)).contains("all copies are equal");
    finish();
  }

  private IscsiUrl makeReplicas() throws IOException {
    alpha.tell("create-cluster");
    alpha.invite(beta);
    alpha.tell("create-resource", R, alpha.disk(R).toString(), "--size", "24MiB");
    IscsiUrl lun = alpha.awaitLun(R);
    write(lun, 300, 1);
    beta.awaitShown(R + ":");
    beta.tell("join-resource", R, beta.disk(R).toString());
    alpha.tell("wait-resource", R, "replayed");
    beta.tell("wait-resource", R, "uptodate");
    return lun;
  }

  /** While it is away; with replay paused what is staged is not put on the disk. */
  private Path giveUp(IscsiUrl lun) throws IOException {
    beta.tell("pause-replay", R);
    beta.kill();
    Path old = beta.disk("old");
    Files.copy(beta.disk(R), old);
    ClusterLoad load = ClusterLoad.begin(lun, ledger, 2);
    Condition.await(
        "its log is given up", LIMIT, () -> alpha.said().contains("is kept no more for node beta"));
    load.stop();
    return old;
  }

  private void write(IscsiUrl lun, long writes, long seed) throws IOException {
    ClusterLoad load = ClusterLoad.begin(lun, ledger, seed);
    load.awaitWrites(writes);
    load.stop();
  }

  private boolean has(String file) {
    return Files.exists(beta.log(R).resolve(file));
  }

  /** It says that it is the old copy, that a new one comes, and that it has the log for that. */
  private void awaitStaged() throws IOException {
    Condition.await(
        "a copy is staged, and it says so",
        LIMIT,
        () -> {
          String shown = beta.shown(R);
          return shown.matches("beta +OutDated\\[R?S] +Syncing .*");
        });
    assertThat(has("staged")).isTrue();
  }

  private void finish() throws IOException {
    for (TestNode node : List.of(alpha, beta)) {
      node.stop();
    }
    Checkout.remove(directory);
  }
}
