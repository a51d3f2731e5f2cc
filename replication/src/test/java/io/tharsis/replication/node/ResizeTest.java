package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.WaitState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A resource of a simulated cluster grows while it is in use. */
final class ResizeTest {

  private static final String R = "web";
  private static final long ONCE = SimCluster.VOLUME_BYTES;
  private static final long TWICE = 2 * ONCE;
  private static final int BEYOND = SimCluster.CELLS + 7;

  private final SimCluster cluster = new SimCluster(3, 3);
  private final SimClusterNode a = cluster.node(0);
  private final SimClusterNode b = cluster.node(1);
  private final SimClusterNode c = cluster.node(2);

  private static Command resize(long bytes) {
    return new Command.Resize(R, bytes);
  }

  private static Outcome.Done done(SimClusterNode node, Command command) {
    return (Outcome.Done) node.run(command);
  }

  private static SimMedium medium(SimClusterNode node) {
    return node.host().disk("/disk-" + R, ONCE);
  }

  private long size(SimClusterNode seenBy) {
    return seenBy.view().resources().getFirst().sizeBytes();
  }

  private void equal(SimClusterNode node, long bytes) {
    cluster.runFor(Duration.ofSeconds(3));
    a.run(SimCluster.wait(R, WaitState.REPLAYED));
    node.run(SimCluster.wait(R, WaitState.UP_TO_DATE));
    Range all = new Range(0, bytes);
    assertThat(medium(node).peek(all)).isEqualTo(medium(a).peek(all));
  }

  private void reopened() {
    cluster.until(() -> a.premises().exported(R).isPresent());
    assertThat(a.premises().exported(R).orElseThrow().volume(0).sizeBytes()).isEqualTo(TWICE);
  }

  /** MARS's admin/resizing/grow: under load, and what is new is there at once. */
  @Test
  void itGrowsUnderLoadAtAllMembers() {
    cluster.made(R, 20);
    cluster.joined(R, b);
    cluster.joined(R, c);
    Async<Outcome> ending = a.begin(resize(TWICE), Duration.ofMinutes(1));
    int writes = 0;
    while (!ending.isDone()) {
      cluster.write(a, R, writes++ % SimCluster.CELLS);
    }
    assertThat(((Outcome.Done) ending.value()).steps())
        .containsExactlyInAnyOrder(
            "the disk of b is ready", "the disk of c is ready", "web has 2097152 bytes now");
    assertThat(writes).isPositive();
    cluster.write(a, R, BEYOND);
    assertThat(size(a)).isEqualTo(TWICE);
    equal(b, TWICE);
    equal(c, TWICE);
    assertThat(size(b)).isEqualTo(TWICE);
    assertThat(done(a, resize(TWICE)).changed()).isFalse();
    assertThat(a.refusal(resize(ONCE))).isEqualTo("shrink");
    assertThat(b.refusal(resize(2 * TWICE))).isEqualTo("not-primary");
    for (SimClusterNode node : cluster.nodes()) {
      node.kill();
      node.start();
    }
    reopened();
    cluster.write(a, R, BEYOND + 1);
    equal(b, TWICE);
    equal(c, TWICE);
  }

  @Test
  void whoIsAwayGrowsWhenItIsBack() {
    cluster.made(R, 20);
    cluster.joined(R, b);
    cluster.joined(R, c);
    c.kill();
    b.run(new Command.Turn(R, SwitchVerb.DETACH));
    cluster.runFor(Duration.ofSeconds(20));
    assertThat(done(a, resize(TWICE)).steps())
        .contains(
            "c cannot be reached; its disk grows when it is back",
            "the replica of b is not open; its disk grows when it is");
    cluster.write(a, R, BEYOND);
    a.powerFail();
    a.start();
    reopened();
    c.start();
    b.run(new Command.Turn(R, SwitchVerb.UP));
    equal(c, TWICE);
    equal(b, TWICE);
    assertThat(size(c)).isEqualTo(TWICE);
  }

  /** MARS: the disks below first. */
  @Test
  void aDeviceThatIsTooSmallForbidsIt() {
    cluster.made(R, 20);
    cluster.joined(R, b);
    medium(b).fix();
    assertThat(a.refusal(resize(TWICE))).isEqualTo("disk-not-ready");
    assertThat(size(a)).isEqualTo(ONCE);
    medium(b).enlarge(TWICE + 512);
    a.run(resize(TWICE));
    cluster.write(a, R, BEYOND);
    equal(b, TWICE);
  }

  /** Its log goes on, and so does the replica when an operator has enlarged the device. */
  @Test
  void aDeviceThatWasTooSmallWhileItsNodeWasAwayIsWaitedFor() {
    cluster.made(R, 20);
    cluster.joined(R, b);
    medium(b).fix();
    b.kill();
    cluster.runFor(Duration.ofSeconds(20));
    a.run(resize(TWICE));
    cluster.write(a, R, BEYOND);
    b.start();
    cluster.runFor(Duration.ofSeconds(5));
    assertThat(a.replica(b).disk()).isEqualTo("DiskError");
    cluster.write(a, R, 3);
    b.powerFail();
    b.start();
    cluster.runFor(Duration.ofSeconds(5));
    assertThat(a.replica(b).disk()).isEqualTo("DiskError");
    medium(b).enlarge(TWICE);
    equal(b, TWICE);
    assertThat(a.replica(b).disk()).isEqualTo("UpToDate");
  }

  @Test
  void whoJoinsLaterHasTheNewSize() {
    cluster.made(R, 20);
    a.run(resize(TWICE));
    cluster.write(a, R, BEYOND);
    cluster.joined(R, b);
    equal(b, TWICE);
    a.run(new Command.LogRotate(R));
    a.run(resize(3 * ONCE));
    cluster.write(a, R, BEYOND + SimCluster.CELLS);
    b.run(new Command.Invalidate(R, false));
    equal(b, 3 * ONCE);
    cluster.joined(R, c);
    equal(c, 3 * ONCE);
  }

  /** At whatever moment nodes die, all have the same in the end. */
  @Test
  void nodesDieWhileItGrows() {
    for (int kill = 0; kill < 60; kill++) {
      SimCluster one = new SimCluster(100 + kill, 2);
      SimClusterNode primary = one.node(0);
      SimClusterNode secondary = one.node(1);
      one.made(R, 2);
      one.joined(R, secondary);
      primary.begin(resize(TWICE), Duration.ofMinutes(1));
      one.simulation().runSteps(kill * 3L);
      List<SimClusterNode> dying = new ArrayList<>();
      if (kill % 3 != 1) {
        dying.add(primary);
      }
      if (kill % 3 != 0) {
        dying.add(secondary);
      }
      dying.forEach(SimClusterNode::powerFail);
      dying.forEach(SimClusterNode::start);
      one.until(() -> primary.premises().exported(R).isPresent());
      one.runFor(Duration.ofSeconds(5));
      primary.run(resize(TWICE));
      one.write(primary, R, BEYOND);
      one.runFor(Duration.ofSeconds(5));
      primary.run(SimCluster.wait(R, WaitState.REPLAYED));
      secondary.run(SimCluster.wait(R, WaitState.UP_TO_DATE));
      Range all = new Range(0, TWICE);
      assertThat(medium(secondary).peek(all)).isEqualTo(medium(primary).peek(all));
      assertThat(secondary.view().resources().getFirst().sizeBytes()).isEqualTo(TWICE);
    }
  }
}
