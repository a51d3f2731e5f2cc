package io.tharsis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.it.initiator.WriteLedger;
import io.tharsis.it.process.Condition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * One leaf of MARS's forced switches, on a fresh resource of two nodes of which alpha is the
 * primary at first. What MARS does and what that is here:
 *
 * <table>
 * <caption>steps in their order; a step that a leaf does not have is left out</caption>
 * <tr><th>MARS</th><th>here</th></tr>
 * <tr><td>write to the mounted device</td><td>a load of stamped writes at alpha's portal</td></tr>
 * <tr><td>log-rotate, log-delete at the primary</td><td>the same verbs</td></tr>
 * <tr><td>destroy the secondary's log behind its replay link</td><td>beta's replay is paused, log
 * fetched, fetch paused, the logfiles overwritten; the log is found to be defective when replay
 * goes on. {@code primary --force} must be refused, as there</td></tr>
 * <tr><td>unmount</td><td>the load stops, and beta has all: nothing may be missed then</td></tr>
 * <tr><td>cut the network</td><td>the relays between the nodes are cut</td></tr>
 * <tr><td>disconnect, primary --force at the secondary</td><td>the same with {@code --accept-loss};
 * without disconnect it must be refused while the primary is alive</td></tr>
 * <tr><td>leave-resource, delete-resource, create-resource where that failed</td><td>has no
 * meaning: nothing can be made of a defective log, and a name belongs to one resource of the
 * cluster. The copy is invalidated and takes the role in order</td></tr>
 * <tr><td>write both devices, rotate and delete</td><td>two loads at two portals, each verified
 * </td></tr>
 * <tr><td>reconnect before: restore the network</td><td>alpha, whose epoch is earlier, must stop
 * serving at once and show its branch</td></tr>
 * <tr><td>disconnect, primary --force, connect at the winner</td><td>the same; nothing to do where
 * it serves</td></tr>
 * <tr><td>reconnect after: restore the network</td><td>alpha does not know yet that it was
 * replaced, so it is forced when it does</td></tr>
 * <tr><td>down at the loser, leave-resource --host, log-purge-all, join-resource</td><td>in leaves
 * with disconnect_before_leave_resource {@code leave-resource --host} at the winner while the loser
 * cannot be seen; when it can, {@code join-resource} there must be refused, and it leaves and joins; in leaves that are in use the loser leaves by itself;
 * else it is invalidated. There is no log-purge-all: logfiles go with the membership</td></tr>
 * <tr><td>check that both work</td><td>a load at the winner, both disks equal by {@code verify},
 * all that was answered there</td></tr>
 * </table>
 *
 * <p>Its words for states of devices and links (is-device, replay link, version link) have no
 * counterpart.
 */
final class ForcedSwitch {

  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final long WRITES = 60;

  private final TornPair pair;
  private final Leaf leaf;
  private final String resource;
  private final TestNode alpha;
  private final TestNode beta;
  private WriteLedger book = book(1);
  private long seed;
  private IscsiUrl atAlpha;
  private IscsiUrl atBeta;

  ForcedSwitch(TornPair pair, Leaf leaf, String resource) {
    this.pair = pair;
    this.leaf = leaf;
    this.resource = resource;
    alpha = pair.alpha();
    beta = pair.beta();
  }

  private static WriteLedger book(long volume) {
    return new WriteLedger(volume, WriteLedger.Promise.STABLE_WHEN_GOOD);
  }

  /** Runs it, and removes the resource. */
  void run() throws IOException {
    make();
    ClusterLoad load = ClusterLoad.begin(atAlpha, book, ++seed);
    load.awaitWrites(WRITES);
    rotate(alpha, leaf.rotateBefore());
    if (leaf.logDestroyed()) {
      destroyLog(load);
    }
    boolean loading = leaf.inUse();
    if (!loading) {
      load.stop();
    }
    if (!loading && !leaf.logDestroyed()) {
      beta.tell("wait-resource", resource, "uptodate");
    }
    if (leaf.logDestroyed()) {
      refusedAndBegunAnew(load, loading);
    } else {
      split(load, loading);
    }
    finish();
  }

  private void make() throws IOException {
    alpha.tell("create-resource", resource, alpha.disk(resource).toString(), "--size", "8MiB");
    beta.awaitShown(resource + ":");
    beta.tell("join-resource", resource, beta.disk(resource).toString());
    atAlpha = alpha.awaitLun(resource);
    atBeta = beta.awaitLun(resource);
    beta.tell("wait-resource", resource, "uptodate");
  }

  private void rotate(TestNode node, boolean wanted) throws IOException {
    for (int times = 0; wanted && times < 2; times++) {
      node.tell("log-rotate", resource);
      node.tell("log-delete", resource);
    }
  }

  private void destroyLog(ClusterLoad load) throws IOException {
    beta.tell("pause-replay", resource);
    load.awaitWrites(WRITES);
    beta.tell("disconnect", resource);
    beta.awaitShown(resource, "OutDated[F");
    try (Stream<Path> files = Files.list(beta.log(resource))) {
      for (Path file :
          files.filter(one -> one.getFileName().toString().startsWith("log-")).toList()) {
        overwrite(file);
      }
    }
    beta.tell("resume-replay", resource);
    beta.awaitShown(resource, "Defective");
  }

  /** All but the header. */
  private static void overwrite(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer garbage = ByteBuffer.allocate((int) channel.size() - 8192);
      while (garbage.hasRemaining()) {
        garbage.put((byte) 0x5a);
      }
      int _ = channel.write(garbage.flip(), 8192);
    }
  }

  private void refusedAndBegunAnew(ClusterLoad load, boolean loading) throws IOException {
    if (!leaf.connected()) {
      pair.cut();
    }
    assertThat(beta.ask("primary", resource, "--force", "--accept-loss", "--timeout", "20s"))
        .as("primary --force with a defective log")
        .satisfies(outcome -> assertThat(outcome.status()).as(outcome.toString()).isEqualTo(1));
    assertThat(beta.shown(resource)).contains("Secondary");
    rotate(alpha, leaf.rotateBefore());
    if (loading) {
      load.stop();
    }
    ClusterLoad.verify(atAlpha, book);
    if (!leaf.connected()) {
      pair.heal();
    }
    beta.tell("connect", resource);
    beta.tell("invalidate", resource);
    beta.tell("wait-resource", resource, "uptodate");
    beta.tell("primary", resource);
    ClusterLoad.verify(atBeta, book);
  }

  private void split(ClusterLoad load, boolean loading) throws IOException {
    if (leaf.connected()) {
      assertThat(beta.ask("primary", resource, "--force", "--accept-loss").toString())
          .contains("primary-alive");
    } else {
      pair.cut();
    }
    beta.tell("disconnect", resource);
    beta.tell("primary", resource, "--force", "--accept-loss");
    if (!loading) {
      ClusterLoad.verify(atBeta, book);
    }
    if (!leaf.connected()) {
      rotate(alpha, leaf.rotateBefore());
    }
    if (loading) {
      load.stop();
    }
    book = book(2);
    if (leaf.connected()) {
      awaitReplaced();
    } else {
      writeBoth();
      reconnect();
    }
    TestNode loser = leaf.oldWins() ? beta : alpha;
    TestNode winner = leaf.oldWins() ? alpha : beta;
    if (leaf.oldWins()) {
      reclaim();
    } else {
      beta.tell("connect", resource);
    }
    resolve(winner, loser);
  }

  /** The old primary hears of it, and serves nothing of its own any more. */
  private void awaitReplaced() throws IOException {
    Condition.await(
        "alpha is a secondary", LIMIT, () -> alpha.shown(resource).contains("Secondary"));
    assertThat(beta.shown(resource)).contains("Primary");
  }

  private void writeBoth() throws IOException {
    WriteLedger old = book(3);
    ClusterLoad atOld = ClusterLoad.begin(atAlpha, old, ++seed);
    ClusterLoad atNew = ClusterLoad.begin(atBeta, book, ++seed);
    atOld.awaitWrites(WRITES);
    atNew.awaitWrites(WRITES);
    rotate(alpha, leaf.rotateOldInSplit());
    rotate(beta, leaf.rotateNewInSplit());
    atOld.stop();
    atNew.stop();
    ClusterLoad.verify(atAlpha, old);
    ClusterLoad.verify(atBeta, book);
    book = leaf.oldWins() ? old : book;
  }

  /** Both have written: the one with the earlier epoch stops and shows what it has. */
  private void reconnect() throws IOException {
    if (leaf.reconnectAfter()) {
      TestNode winner = leaf.oldWins() ? alpha : beta;
      winner.tell("disconnect", resource);
      winner.tell("primary", resource, "--force", "--accept-loss");
      winner.tell("connect", resource);
    }
    pair.heal();
    alpha.awaitShown(resource, "Secondary");
    alpha.awaitShown(resource, "Branch");
    Portals.assertUnavailable(atAlpha);
  }

  private void reclaim() throws IOException {
    alpha.tell("disconnect", resource);
    alpha.tell("primary", resource, "--force", "--accept-loss");
    alpha.tell("connect", resource);
    alpha.tell("wait-resource", resource, "primary");
    beta.awaitShown(resource, "Secondary");
  }

  private void resolve(TestNode winner, TestNode loser) throws IOException {
    if (leaf.disconnectBeforeLeave()) {
      pair.cut();
      winner.tell("leave-resource", resource, "--host", loser.name(), "--accept-loss");
      write(winner);
      pair.heal();
      Condition.await(
          loser.name() + " says that it was put out",
          LIMIT,
          () -> loser.tell("view", resource).contains("it was dismissed while it was away"));
      assertThat(loser.ask("join-resource", resource, loser.disk(resource).toString()).toString())
          .contains("[dismissed]");
      loser.tell("leave-resource", resource, "--accept-loss");
      loser.tell("join-resource", resource, loser.disk(resource).toString());
    } else if (leaf.inUse()) {
      loser.tell("leave-resource", resource, "--accept-loss");
      winner.awaitNoReplica(resource, loser);
      write(winner);
      loser.tell("join-resource", resource, loser.disk(resource).toString());
    } else if (loser.shown(resource).contains("Branch")) {
      loser.tell("connect", resource);
      loser.tell("invalidate", resource);
    } else {
      loser.tell("connect", resource);
    }
    if (loser.ask("wait-resource", resource, "uptodate").status() != 0) {
      throw new AssertionError(loser.name() + " does not come back: " + loser.tell("view"));
    }
  }

  private void write(TestNode node) throws IOException {
    ClusterLoad load = ClusterLoad.begin(node == alpha ? atAlpha : atBeta, book, ++seed);
    load.awaitWrites(WRITES);
    load.stop();
  }

  private void finish() throws IOException {
    TestNode winner = leaf.oldWins() && !leaf.logDestroyed() ? alpha : beta;
    TestNode loser = winner == alpha ? beta : alpha;
    assertThat(winner.shown(resource)).contains("Primary");
    assertThat(loser.shown(resource)).contains("Secondary");
    write(winner);
    loser.tell("wait-resource", resource, "uptodate");
    assertThat(winner.tell("verify", resource)).contains("all copies are equal");
    ClusterLoad.verify(winner == alpha ? atAlpha : atBeta, book);
    // what was given up may be kept there
    loser.tell("leave-resource", resource, "--accept-loss");
    winner.tell("delete-resource", resource);
    for (TestNode node : List.of(loser, winner)) {
      Files.deleteIfExists(node.disk(resource));
    }
  }
}
