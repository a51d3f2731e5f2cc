package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An opening or a closing that fails holds nothing: the same process can try it again. */
final class FailedOpeningTest {

  private static final int MIB = 1 << 20;

  private SimLog sim = new SimLog(29);

  @FunctionalInterface
  private interface IoRunnable {
    void run() throws IOException;
  }

  private LogOpening open(Store store) throws IOException {
    Seams seams = TestLog.seams(sim.world, store, 7);
    return sim.world.await(() ->
        LogOpening.open(
            seams, TestLog.config(sim.limits, false), List.of(TestLog.DISK), (entry, lsn) -> {}));
  }

  /** Fails at every operation that an opening makes, each time in the same process. */
  private void failAtEveryOperation(IoRunnable before, String... among) throws IOException {
    List<String> failed = new ArrayList<>();
    boolean opened = false;
    for (int at = 1; !opened; at++) {
      before.run();
      FailingStore store = new FailingStore(sim.store(), at);
      try {
        LogOpening opening = open(store);
        opened = store.failed().isEmpty();
        sim.world.await(() ->
            opening.<Void>abandoning().apply(FailingStore.error()).orElse(cause -> Async.done()));
      } catch (IOException expected) {
        assertThat(expected).hasMessage("it fails");
      }
      assertThat(store.open()).as("open after the failure of %s", store.failed()).isEmpty();
      failed.addAll(store.failed());
    }
    assertThat(failed).contains(among);
  }

  @Test
  void noFailureOfCreatingLeavesAFileOpen() throws IOException {
    failAtEveryOperation(
        () -> sim = new SimLog(29),
        "lock",
        "list",
        "create poison",
        "create checkpoint",
        "sync",
        "write checkpoint");
  }

  @Test
  void noFailureOfRecoveringLeavesAFileOpen() throws IOException {
    TestLog log = sim.open();
    for (int i = 0; i < 10; i++) {
      log.write((long) i * MIB, MIB);
    }
    sim.powerFail();
    failAtEveryOperation(
        () -> {},
        "open checkpoint",
        "read checkpoint",
        "open poison",
        "open summaries-b",
        "read summaries-a",
        "open " + SimLog.logfile(2),
        "read " + SimLog.logfile(2),
        "write checkpoint");
  }

  @Test
  void aRefusedLogCanBeOpenedWhenItIsMended() throws IOException {
    TestLog log = sim.open();
    log.write(0, 4096);
    log.close();
    sim.flip(CheckpointFile.NAME, 0);
    sim.flip(CheckpointFile.NAME, 4096);
    Store store = sim.store();
    assertThatIOException().isThrownBy(() -> open(store)).withMessageContaining("CHECKPOINT");
    sim.flip(CheckpointFile.NAME, 0);
    sim.flip(CheckpointFile.NAME, 4096);
    assertThat(open(store).endLsn()).isPositive();
  }

  /** Every file and the lock are given back, whichever of them cannot be closed in order. */
  @Test
  void aFailedCloseDoesNotKeepTheRestOpen() throws IOException {
    List<String> failed = new ArrayList<>();
    for (int skip = 0; skip == failed.size(); skip++) {
      FailingStore store = new FailingStore(sim.store(), 0);
      TestLog log =
          TestLog.open(
              sim.world,
              TestLog.seams(sim.world, store, 7 + skip),
              TestLog.config(sim.limits, false));
      log.checkpoint(log.log().marks().durable());
      sim.world.await(() -> {
        log.log().seal();
        return log.whenIdle();
      });
      sim.world.simulation().runUntilIdle(100_000);
      store.failIn(1 + skip);
      try {
        sim.world.await(log.log()::close);
      } catch (IOException expected) {
        assertThat(expected).hasMessage("it fails");
        failed.addAll(store.failed());
      }
      assertThat(store.open()).as("open after the failure of %s", store.failed()).isEmpty();
    }
    assertThat(failed).contains("close checkpoint", "close poison", "close summaries-b");
    assertThat(failed).hasSizeGreaterThanOrEqualTo(4 + sim.limits.workingSet());
  }

  /** Whatever of it fails, the log goes on, and no file is lost to it. */
  @Test
  void aFailedTrimIsTriedAgain() throws IOException {
    for (int step = 1; step <= 3; step++) {
      SimLog one = new SimLog(31);
      FailingStore store = new FailingStore(one.store(), 0);
      TestLog log =
          TestLog.open(
              one.world, TestLog.seams(one.world, store, 7), TestLog.config(one.limits, false));
      for (int i = 0; i < 36; i++) {
        log.write(0, MIB);
      }
      log.checkpoint(log.log().marks().durable());
      one.world.simulation().runFor(Duration.ofSeconds(3));
      long used = log.log().usedBytes();
      assertThat(used).isGreaterThan(4L * one.limits.logfileBytes());
      store.failIn(step);
      for (int i = 0; i < 10; i++) {
        one.world.await(() -> {
          log.log().trim();
          return Async.done();
        });
        one.world.simulation().runFor(Duration.ofSeconds(3));
      }
      assertThat(store.failed()).hasSize(1);
      assertThat(log.log().usedBytes()).isEqualTo(4L * one.limits.logfileBytes());
      assertThat(one.directory().files().stream().filter(LogCandidates::isOurs))
          .as("after the failure of %s", store.failed())
          .hasSize(4);
      log.write(0, 512);
      log.close();
      assertThat(store.open()).isEmpty();
    }
  }
}
