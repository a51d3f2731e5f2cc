package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.initiator.WriteLedger;
import io.tharsis.it.process.Condition;
import io.tharsis.it.process.Program;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What the test suite of MARS does to a cluster, as far as no other node becomes primary, by its
 * names; on three nodes that all scenarios share, as they share one resource. Each begins and ends
 * with all disks equal and every acknowledged write at the primary.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterScenariosIT {

  private static final String R = "r";
  private static final long MIB = 1 << 20;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final long LOG_SPACE_MIB = 64;

  /** More than the log may hold: a write has 10 KiB, more or less. */
  private static final long LOG_FULL_WRITES = 9_000;

  private final WriteLedger ledger = new WriteLedger(1, WriteLedger.Promise.STABLE_WHEN_GOOD);
  private final List<String> passed = new ArrayList<>();
  private TestCluster cluster;
  private TestNode alpha;
  private TestNode beta;
  private TestNode gamma;
  private IscsiUrl lun;
  private long seed;
  private int begun;

  @BeforeAll
  void start() throws IOException {
    cluster =
        TestCluster.make(
            "scenarios",
            List.of(HostPlace.HERE, HostPlace.HERE, HostPlace.HERE),
            LOG_SPACE_MIB + "MiB");
    alpha = cluster.alpha();
    beta = cluster.beta();
    gamma = cluster.gamma();
    lun = cluster.create(R, "32MiB");
    cluster.awaitEqual(R);
  }

  @BeforeEach
  void count() {
    begun++;
  }

  @AfterAll
  void end() throws IOException {
    if (passed.size() == begun) {
      cluster.end();
    } else {
      cluster.close();
    }
  }

  private ClusterLoad load() {
    return ClusterLoad.begin(lun, ledger, ++seed);
  }

  private void write(long writes) throws IOException {
    ClusterLoad load = load();
    load.awaitWrites(writes);
    load.stop();
  }

  private void passes(String scenario) throws IOException {
    cluster.awaitEqual(R);
    ClusterLoad.verify(lun, ledger);
    passed.add(scenario);
  }

  @Test
  @DisplayName("admin/logrotate: new logfiles are begun under load")
  void logrotate() throws IOException {
    ClusterLoad load = load();
    for (int times = 0; times < 6; times++) {
      load.awaitWrites(100);
      alpha.tell("log-rotate", R);
    }
    load.stop();
    passes("logrotate");
  }

  @Test
  @DisplayName("admin/logdelete: logfiles are begun and given back under load")
  void logdelete() throws IOException {
    ClusterLoad load = load();
    for (int times = 0; times < 4; times++) {
      load.awaitWrites(300);
      alpha.tell("log-rotate", R);
      alpha.tell("log-delete", R);
      beta.tell("log-delete", R);
    }
    load.stop();
    cluster.awaitEqual(R);
    alpha.tell("log-delete", R);
    assertThat(logfiles(alpha)).hasSizeLessThanOrEqualTo(5);
    passes("logdelete");
  }

  @Test
  @DisplayName("admin/leave_resource_while_sync/dont_cut_network: leaving leaves nothing behind")
  void leaveResourceWhileSync() throws IOException {
    ClusterLoad load = load();
    load.awaitWrites(200);
    beta.tell("pause-sync", R);
    beta.tell("invalidate", R);
    beta.awaitShown(R, "PausedSync");
    beta.tell("resume-sync", R);
    beta.tell("leave-resource", R);
    assertThat(beta.log(R)).doesNotExist();
    load.awaitWrites(200);
    gamma.tell("wait-resource", R, "consistent");
    overwrite(beta.disk(R), 0, Files.size(beta.disk(R)));
    cluster.join(beta, R);
    load.awaitWrites(200);
    load.stop();
    passes("leave_resource_while_sync/dont_cut_network");
  }

  @Test
  @DisplayName("admin/leave_resource_while_sync/cut_network: also when the primary is silent")
  void leaveResourceWhileSyncAndThePrimaryIsSilent() throws IOException {
    write(200);
    beta.tell("pause-sync", R);
    beta.tell("invalidate", R);
    beta.awaitShown(R, "PausedSync");
    alpha.freeze();
    try {
      beta.tell("resume-sync", R);
      assertThat(beta.shown(R)).contains("InConsistent");
      beta.tell("leave-resource", R);
      assertThat(beta.log(R)).doesNotExist();
    } finally {
      alpha.thaw();
    }
    beta.awaitLink(alpha);
    alpha.awaitNoReplica(R, beta);
    cluster.join(beta, R);
    write(200);
    passes("leave_resource_while_sync/cut_network");
  }

  @Test
  @DisplayName("admin/leave_and_recreate_resource: a resource of the same name")
  void leaveAndRecreateResource() throws IOException {
    cluster.create("again", "8MiB");
    for (TestNode node : cluster.secondaries()) {
      node.tell("leave-resource", "again");
    }
    alpha.tell("delete-resource", "again");
    for (TestNode node : cluster.nodes()) {
      node.awaitNotShown("again:");
    }
    cluster.create("again", "8MiB");
    cluster.awaitEqual("again");
    passes("leave_and_recreate_resource");
  }

  @Test
  @DisplayName(
      "admin/replay_fetch/replay: fetch is paused, replay reaches the end of what is there")
  void replay() throws IOException {
    beta.tell("pause-replay", R);
    write(200);
    beta.tell("wait-resource", R, "fetched");
    beta.tell("pause-fetch", R);
    write(200);
    beta.awaitShown(R, "OutDated[FR]");
    beta.tell("resume-replay", R);
    beta.tell("wait-resource", R, "replayed");
    beta.awaitShown(R, "OutDated[F]");
    assertThat(Files.mismatch(alpha.disk(R), beta.disk(R))).isNotEqualTo(-1);
    beta.tell("resume-fetch", R);
    passes("replay_fetch/replay");
  }

  @Test
  @DisplayName("admin/replay_fetch/fetch: replay is paused, all log arrives and none is replayed")
  void fetch() throws IOException {
    beta.tell("pause-fetch", R);
    beta.tell("pause-replay", R);
    Path before = beta.disk("before");
    Files.copy(beta.disk(R), before);
    write(300);
    beta.awaitShown(R, "OutDated[F");
    beta.tell("resume-fetch", R);
    beta.tell("wait-resource", R, "fetched");
    beta.awaitShown(R, "OutDated[R]");
    assertThat(Files.mismatch(before, beta.disk(R))).isEqualTo(-1);
    assertThat(Files.mismatch(alpha.disk(R), beta.disk(R))).isNotEqualTo(-1);
    beta.tell("resume-replay", R);
    passes("replay_fetch/fetch");
  }

  @Test
  @DisplayName("admin/three_nodes: one is away and comes back")
  void threeNodes() throws IOException {
    ClusterLoad load = load();
    load.awaitWrites(100);
    gamma.stop();
    load.awaitWrites(300);
    gamma.restart();
    load.awaitWrites(100);
    load.stop();
    passes("three_nodes");
  }

  @Test
  @DisplayName("admin/resizing/grow: the resource becomes larger under load")
  void resizing() throws IOException {
    ClusterLoad load = load();
    load.awaitWrites(200);
    alpha.tell("resize", R, "48MiB");
    load.awaitWrites(200);
    load.stop();
    write(300);
    cluster.awaitEqual(R);
    assertThat(Files.size(gamma.disk(R))).isEqualTo(48 * MIB);
    passes("resizing/grow");
  }

  @Test
  @DisplayName("hardcore/destroy_secondary_logfile, while the node runs")
  void destroySecondaryLogfile() throws IOException {
    beta.tell("pause-replay", R);
    write(1_500);
    beta.tell("wait-resource", R, "fetched");
    destroyLog();
    beta.tell("resume-replay", R);
    mend();
    passes("destroy_secondary_logfile, running");
  }

  @Test
  @DisplayName("hardcore/destroy_secondary_logfile, while the node is stopped")
  void destroyStoppedSecondarysLogfile() throws IOException {
    beta.tell("pause-replay", R);
    write(1_500);
    beta.tell("wait-resource", R, "fetched");
    beta.stop();
    destroyLog();
    beta.restart();
    beta.tell("resume-replay", R);
    mend();
    passes("destroy_secondary_logfile, stopped");
  }

  /** Overwrites the middle of every logfile of beta that was written to lately. */
  private void destroyLog() throws IOException {
    for (Path file : logfiles(beta)) {
      overwrite(file, 1 * MIB, 64 << 10);
    }
  }

  /** It mends itself, or says that an operator has to, who then does what it says. */
  private void mend() throws IOException {
    Condition.await(
        "beta is up to date or says that its log is defective",
        LIMIT,
        () -> {
          String shown = beta.shown(R);
          return shown.contains("UpToDate") || shown.contains("DefectiveLog");
        });
    if (beta.shown(R).contains("DefectiveLog")) {
      beta.tell("invalidate", R);
    }
  }

  @Test
  @Tag("long")
  @DisplayName("hardcore/mars_dir_full/write_data_dev: a member that is away too long is given up")
  void logIsFull() throws IOException {
    gamma.kill();
    write(LOG_FULL_WRITES);
    long kept = 0;
    for (Path file : logfiles(alpha)) {
      kept += Files.size(file);
    }
    assertThat(kept).isLessThanOrEqualTo(LOG_SPACE_MIB * MIB);
    beta.tell("wait-resource", R, "uptodate");
    gamma.restart();
    passes("mars_dir_full/write_data_dev");
  }

  @Test
  @DisplayName("hardcore/mars_dir_full/write_other_file: what is not ours is left alone")
  void foreignFile() throws IOException {
    Path foreign = beta.log(R).resolve("foreign.txt");
    Files.writeString(foreign, "not a logfile");
    ClusterLoad load = load();
    load.awaitWrites(200);
    beta.kill();
    load.awaitWrites(200);
    beta.restart();
    load.awaitWrites(200);
    load.stop();
    cluster.awaitEqual(R);
    beta.tell("log-delete", R);
    assertThat(foreign).hasContent("not a logfile");
    Files.delete(foreign);
    passes("mars_dir_full/write_other_file");
  }

  @Test
  @Tag("long")
  @DisplayName("multiresource: sixteen resources on three nodes")
  void multiresource() throws IOException {
    List<String> names = Stream.iterate(0, i -> i + 1).limit(16).map(i -> "m" + i).toList();
    each(names, List.of(alpha), "create-resource", "--size", "8MiB");
    for (TestNode node : cluster.secondaries()) {
      Condition.await(
          node.name() + " has heard of all",
          LIMIT,
          () -> {
            String shown = node.tell("view");
            return names.stream().allMatch(name -> shown.contains(name + ":"));
          });
    }
    each(names, cluster.secondaries(), "join-resource");
    List<ClusterLoad> loads = new ArrayList<>();
    for (String name : names.subList(0, 4)) {
      WriteLedger book = new WriteLedger(2, WriteLedger.Promise.STABLE_WHEN_GOOD);
      loads.add(ClusterLoad.begin(alpha.awaitLun(name), book, ++seed));
    }
    for (ClusterLoad load : loads) {
      load.awaitWrites(100);
      load.stop();
    }
    cluster.awaitEqualAll(names);
    passes("multiresource");
  }

  /** A verb about each of some resources and their disks, on each of some nodes. */
  private void each(List<String> resources, List<TestNode> nodes, String verb, String... options)
      throws IOException {
    for (String resource : resources) {
      List<CompletableFuture<Program.Outcome>> running = new ArrayList<>();
      for (TestNode node : nodes) {
        List<String> words =
            new ArrayList<>(List.of(verb, resource, node.disk(resource).toString()));
        words.addAll(List.of(options));
        running.add(node.begin(words.toArray(String[]::new)));
      }
      for (CompletableFuture<Program.Outcome> one : running) {
        String _ = one.join().ok();
      }
    }
  }

  @Test
  @DisplayName("stabil/net_failure/connection_cut: a secondary falls silent under load")
  void connectionCut() throws IOException {
    ClusterLoad load = load();
    load.awaitWrites(100);
    beta.freeze();
    try {
      load.awaitWrites(500);
    } finally {
      beta.thaw();
    }
    load.awaitWrites(100);
    load.stop();
    passes("net_failure/connection_cut");
  }

  @Test
  @DisplayName("admin/big_data_device: a disk of 4 TiB")
  void bigDataDevice() throws IOException {
    String big = "big";
    alpha.tell("create-resource", big, alpha.disk(big).toString(), "--size", "4TiB");
    WriteLedger book = new WriteLedger(3, WriteLedger.Promise.STABLE_WHEN_GOOD);
    IscsiUrl url = alpha.awaitLun(big);
    ClusterLoad load = ClusterLoad.begin(url, book, ++seed);
    load.awaitWrites(200);
    load.stop();
    ClusterLoad.verify(url, book);
    alpha.tell("delete-resource", big, "--accept-loss");
    Files.delete(alpha.disk(big));
    passes("big_data_device");
  }

  private static List<Path> logfiles(TestNode node) throws IOException {
    try (Stream<Path> files = Files.list(node.log(R))) {
      return files.filter(file -> file.getFileName().toString().startsWith("log-")).toList();
    }
  }

  private void overwrite(Path file, long offset, long bytes) throws IOException {
    byte[] garbage = new byte[(int) bytes];
    new Random(++seed).nextBytes(garbage);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      assertThat(channel.write(ByteBuffer.wrap(garbage), offset)).isEqualTo(garbage.length);
    }
  }
}
