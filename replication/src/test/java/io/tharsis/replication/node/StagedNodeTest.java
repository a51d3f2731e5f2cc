package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimLatency;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.control.WriteCacheMode;
import io.tharsis.replication.control.view.Progress;
import io.tharsis.replication.control.view.ReplicaView;
import io.tharsis.replication.directory.ReplicaDocument;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A member whose log was given up gets a newer copy beside the one that it has. */
final class StagedNodeTest {

  private static final String R = "web";

  /** Several runs of a replay. */
  private static final long VOLUME_BYTES = 12L << 20;

  private static final int CELLS = Math.toIntExact(VOLUME_BYTES / SimCluster.CELL);
  private static final int CELLS_PER_WRITE = 64;

  /** Room for an old log, a new one and a side log. */
  private static final LogLimits LIMITS = TestLog.LIMITS.withMaxLogBytes(112 << 20);

  private static final long EVENTS = 3_000_000;

  private final SimCluster cluster = new SimCluster(3, 2, LIMITS);
  private final SimClusterNode a = cluster.node(0);
  private final SimClusterNode b = cluster.node(1);

  private void made() {
    cluster.start();
    a.run(
        new Command.CreateResource(
            R, "/disk-" + R, OptionalLong.of(VOLUME_BYTES), WriteCacheMode.DURABLE));
    write(VOLUME_BYTES);
    cluster.joined(R, b);
  }

  /** While b is away its log is given up. */
  private void givenUp() {
    made();
    b.kill();
    write(120L << 20);
    b.start();
  }

  private void write(long bytes) {
    for (long cell = 0; cell < bytes / SimCluster.CELL; cell += CELLS_PER_WRITE) {
      cluster.write(a, R, Math.toIntExact(cell % CELLS), CELLS_PER_WRITE);
    }
  }

  private SimMedium disk(SimClusterNode node) {
    return node.host().disk("/disk-" + R, VOLUME_BYTES);
  }

  private byte[] content(SimClusterNode node) {
    return disk(node).peek(new Range(0, VOLUME_BYTES));
  }

  private SimDirectory files() {
    return SimPremises.directory(b.host(), R);
  }

  private boolean isFlipping() {
    return files().has("flipping") || files().has("moving");
  }

  private Optional<Report.Stage> stage() {
    return b.node().stream()
        .flatMap(node -> node.replicas().stream())
        .flatMap(one -> one.report().stream())
        .flatMap(report -> report.sync().stage().stream())
        .findFirst();
  }

  private Optional<ReplicaDocument> told(SimClusterNode by) {
    UUID resource = a.node().orElseThrow().replicas().iterator().next().deed().resource();
    return by.node()
        .flatMap(node -> node.directory().view().replica(resource, b.id()))
        .map(shown -> shown.content());
  }

  private void step(BooleanSupplier until, Runnable look) {
    for (long events = 0; !until.getAsBoolean(); events++) {
      if (events == EVENTS) {
        throw new AssertionError("it does not come about");
      }
      cluster.simulation().runSteps(1);
      look.run();
    }
  }

  private void equal() {
    a.run(SimCluster.wait(R, WaitState.REPLAYED));
    b.run(SimCluster.wait(R, WaitState.UP_TO_DATE));
    assertThat(content(b)).isEqualTo(content(a));
    cluster.runFor(Duration.ofSeconds(2));
    assertThat(told(a).orElseThrow().words())
        .contains(Faults.CONSISTENT)
        .doesNotContain(Faults.STAGING);
  }

  /** Whoever would promote it must not be shown the end of another log than that of the copy. */
  @Test
  void aDocumentSpeaksOfTheCopyThatCountsAndApartFromThatOfTheNewOne() {
    givenUp();
    byte[] old = content(b);
    disk(b).latency(slow());
    step(() -> told(a).filter(it -> it.words().contains(Faults.STAGING)).isPresent(), () -> {});
    cluster.runFor(Duration.ofMillis(300));
    ReplicaDocument said = told(a).orElseThrow();
    Report.Stage stage = stage().orElseThrow();
    assertThat(said.words()).contains(Faults.CONSISTENT, Faults.STAGING);
    assertThat(said.log().durableLsn()).isLessThan(stage.log().checkpoint());
    assertThat(said.log().checkpointLsn()).isLessThanOrEqualTo(said.log().durableLsn());
    assertThat(StagedTelling.of(said).orElseThrow().baseLsn()).isEqualTo(stage.log().checkpoint());
    ReplicaView view = a.replica(b);
    assertThat(view.disk()).isEqualTo("OutDated");
    assertThat(view.diskDetail()).endsWith("S");
    assertThat(view.replication()).isEqualTo("Syncing");
    assertThat(view.progress().stream().filter(it -> it.kind() == Progress.Kind.REPLAY))
        .allSatisfy(it -> assertThat(it.restBytes()).isLessThan(1 << 20));
    assertThat(view.lag().bytes()).isGreaterThan(100 << 20);
    assertThat(content(b)).isEqualTo(old);
    equal();
  }

  private static SimLatency slow() {
    return new SimLatency(Duration.ofMillis(300), Duration.ofMillis(300));
  }

  @Test
  void nobodyIsToldThatItIsConsistentOnceTheNewCopyBeginsToCount() {
    givenUp();
    step(this::isFlipping, () -> {});
    notCalledConsistent(b);
    b.powerFail();
    step(() -> false || a.node().isPresent(), () -> {});
    b.start();
    notCalledConsistent(b);
    step(() -> !isFlipping(), () -> notCalledConsistent(b));
    equal();
  }

  private void notCalledConsistent(SimClusterNode by) {
    if (isFlipping() && by.node().isPresent()) {
      assertThat(told(by).orElseThrow().words()).doesNotContain(Faults.CONSISTENT, Faults.STAGING);
    }
  }

  /** For two seconds now, and for long yet. */
  private void flippingSlowly() {
    givenUp();
    step(this::isFlipping, () -> {});
    disk(b).latency(slow());
    cluster.runFor(Duration.ofSeconds(2));
  }

  /** What comes to the disk in many runs is stopped behind one, and goes on when it is wanted. */
  @Test
  void whoeverDetachesItDoesNotWaitUntilAllIsOnTheDisk() {
    flippingSlowly();
    assertThat(isFlipping()).isTrue();
    notShownConsistent(a);
    notShownConsistent(b);
    Async<Outcome> detached =
        b.begin(new Command.Turn(R, SwitchVerb.DETACH), Duration.ofSeconds(60));
    cluster.simulation().runUntil(detached::isDone, EVENTS);
    assertThat(detached.failure()).isEmpty();
    assertThat(isFlipping()).as("it goes on later").isTrue();
    assertThat(b.replica(b).disk()).isEqualTo("Detached");
    cluster.runFor(Duration.ofSeconds(2));
    notShownConsistent(a);
    notShownConsistent(b);
    b.run(new Command.Turn(R, SwitchVerb.ATTACH));
    equal();
  }

  private void notShownConsistent(SimClusterNode by) {
    assertThat(by.replica(b).flags().charAt(1)).as(by.replica(b).toString()).isEqualTo('c');
  }

  @Test
  void aNodeThatEndsDoesNotWaitForItEither() {
    flippingSlowly();
    b.stop();
    assertThat(isFlipping()).isTrue();
    b.start();
    equal();
  }

  /** It may have missed anything: nothing was heard since it was started. */
  @Test
  void aMemberThatHasNotHeardThePrimarySinceItsStartIsNotUpToDate() {
    made();
    a.kill();
    b.kill();
    b.start();
    assertThat(b.replica(b).disk()).isIn("NoAttach", "Consistent");
    cluster.runFor(Duration.ofSeconds(1));
    assertThat(b.replica(b).disk()).isEqualTo("Consistent");
    assertThat(b.replica(b).diskDetail()).isEqualTo("not heard yet");
    a.start();
    equal();
  }
}
