package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.RecordFlags;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What an opening makes of a log after whatever happened to it; one damage, one verdict. */
final class RecoveryTest {

  private static final int HEADER = LogfileHeader.BYTES;

  private final SimLog sim = new SimLog(7);

  private void refuses(LogDamage.Code code, String where) {
    assertThatThrownBy(sim::recover)
        .isInstanceOfSatisfying(
            LogDamage.class, damage -> assertThat(damage.code()).isEqualTo(code))
        .hasMessageContaining(where);
    sim.kill();
  }

  @Test
  void whatWasAcknowledgedIsFoundAgain() throws IOException {
    TestLog log = sim.open();
    long first = log.write(0, 4096);
    long second = log.write(8192, 512);
    sim.powerFail();
    assertThat(sim.recover()).isEqualTo(second + 4096);
    assertThat(sim.found).containsExactly(first, second);
    assertThat(sim.recover()).isEqualTo(second + 4096);
  }

  @Test
  void onlyWhatIsAboveTheCheckpointIsTold() throws IOException {
    TestLog log = sim.open();
    log.write(0, 4096);
    long second = log.write(8192, 512);
    log.checkpoint(second);
    sim.powerFail();
    sim.recover();
    assertThat(sim.found).containsExactly(second);
  }

  @Test
  void aTornTailIsCut() throws IOException {
    TestLog log = sim.open();
    long kept = log.write(0, 4096);
    long torn = log.write(8192, 8192);
    sim.powerFail();
    sim.flip(SimLog.logfile(1), HEADER + torn + 5000);
    assertThat(sim.recover()).isEqualTo(torn);
    assertThat(sim.found).containsExactly(kept);
  }

  @Test
  void aTornBatchWhoseEndArrivedIsCut() throws IOException {
    TestLog log = sim.open();
    sim.world.await(() -> {
      log.log().admit(100_000);
      for (int i = 0; i < 4; i++) {
        log.log()
            .append(new Entry(RecordType.WRITE, 0, 0, i * 8192L, 8192), TestLog.payload(i, 8192));
      }
      return Async.start(done -> log.log().whenDurable(log.log().marks().appended(), done));
    });
    sim.powerFail();
    sim.flip(SimLog.logfile(1), HEADER + 4096 + 8256 + 100);
    assertThat(sim.recover()).isEqualTo(LogLimits.blockUp(4096 + 8256));
    assertThat(sim.found).containsExactly(4096L);
  }

  @Test
  void aRottenMiddleIsRefusedAndNothingIsChanged() throws IOException {
    TestLog log = sim.open();
    long rotten = log.write(0, 4096);
    log.write(8192, 4096);
    log.write(16384, 4096);
    sim.powerFail();
    sim.flip(SimLog.logfile(1), HEADER + rotten + 200);
    byte[] before = sim.medium(SimLog.logfile(1)).peek(new Range(0, 65536));
    refuses(LogDamage.Code.LOG_DAMAGED, "LSN " + rotten + " (file offset " + (HEADER + rotten));
    assertThat(sim.medium(SimLog.logfile(1)).peek(new Range(0, 65536))).isEqualTo(before);
    sim.acceptLoss = true;
    assertThat(sim.recover()).isEqualTo(rotten);
    assertThat(sim.found).isEmpty();
  }

  @Test
  void aRottenMiddleBelowTheHorizonLeavesNoConsistentReplica() throws IOException {
    TestLog log = sim.open();
    long rotten = log.write(0, 4096);
    long last = log.write(8192, 4096);
    sim.world.await(() -> log.log().moveCheckpoint(rotten, last, List.of()));
    sim.powerFail();
    sim.flip(SimLog.logfile(1), HEADER + rotten + 200);
    refuses(LogDamage.Code.INCONSISTENT, "the disk went beyond it");
  }

  @Test
  void rottenHistoryBelowTheCheckpointIsForgotten() throws IOException {
    TestLog log = sim.open();
    long rotten = log.write(0, 4096);
    long applied = log.write(8192, 4096);
    changeState(log);
    long last = log.write(16384, 4096);
    log.checkpoint(applied);
    sim.powerFail();
    sim.flip(SimLog.logfile(1), HEADER + rotten + 10);
    assertThat(sim.recover()).isGreaterThan(last);
    assertThat(sim.found).containsExactly(applied, last);
    sim.open().write(0, 512);
    sim.powerFail();
    sim.recover();
    assertThat(sim.found).hasSize(3).startsWith(applied, last);
  }

  @Test
  void aRottenHeaderOfTheOnlyLogfileIsRefused() throws IOException {
    sim.open().write(0, 4096);
    sim.powerFail();
    sim.flip(SimLog.logfile(1), 100);
    refuses(LogDamage.Code.LOG_DAMAGED, "no logfile is left");
  }

  @Test
  void rottenHistoryThatMayHaveHeldTheNewestStateIsRefused() throws IOException {
    TestLog log = sim.open();
    long rotten = log.write(0, 4096);
    long applied = log.write(8192, 4096);
    log.checkpoint(applied);
    sim.powerFail();
    sim.flip(SimLog.logfile(1), HEADER + rotten + 10);
    refuses(LogDamage.Code.LOG_DAMAGED, "the newest state of the volumes may be in");
    sim.acceptLoss = true;
    sim.recover();
    assertThat(sim.found).containsExactly(applied);
  }

  /** Appends the state once more, as it is. */
  private void changeState(TestLog test) throws IOException {
    sim.world.await(() -> {
      Log log = test.log();
      log.admit(LogLimits.BLOCK_BYTES);
      log.changeState(log.state().volumes());
      return Async.start(done -> log.whenDurable(log.marks().appended(), done));
    });
  }

  @Test
  void aStateThatCannotBeReadIsRefused() throws IOException {
    TestLog log = sim.open();
    sim.world.await(() -> {
      log.log().admit(10_000);
      log.log().append(new Entry(RecordType.STATE, 0, 0, 0, 0), TestLog.payload(1, 512));
      return Async.start(done -> log.log().whenDurable(log.log().marks().appended(), done));
    });
    sim.powerFail();
    refuses(LogDamage.Code.NOT_OURS, "the state of the volumes cannot be read");
  }

  @Test
  void anAtomicGroupIsWholeOrNotThere() throws IOException {
    TestLog log = sim.open();
    long kept = log.write(0, 4096);
    long[] group = {0, 0};
    sim.world.await(() -> {
      log.log().admit(20_000);
      group[0] =
          log.log()
              .append(
                  new Entry(RecordType.WRITE, RecordFlags.ATOMIC_WITH_NEXT, 0, 8192, 4096),
                  TestLog.payload(8192, 4096));
      group[1] =
          log.log()
              .append(new Entry(RecordType.WRITE, 0, 0, 65536, 4096), TestLog.payload(1, 4096));
      return Async.start(done -> log.log().whenDurable(log.log().marks().appended(), done));
    });
    sim.powerFail();
    sim.recover();
    assertThat(sim.found).containsExactly(kept, group[0], group[1]);
    sim.flip(SimLog.logfile(1), HEADER + group[1] + 300);
    // What recovery rewrote is durable now, so that it is proved only by a later epoch: none yet.
    assertThat(sim.recover()).isEqualTo(group[0]);
    assertThat(sim.found).containsExactly(kept);
    sim.open().write(0, 512);
    sim.powerFail();
    assertThat(sim.recover()).isGreaterThan(group[0]);
    assertThat(sim.found).hasSize(2);
  }

  /** Fills a logfile and goes on in the next; gives the LSN of the first write in that one. */
  private long fillFirst(TestLog log) throws IOException {
    long lsn = 0;
    while (lsn <= 8 << 20) {
      lsn = log.write(0, 1 << 20);
    }
    return lsn;
  }

  @Test
  void aRottenHeaderOfAMiddleFileIsMissingLog() throws IOException {
    TestLog log = sim.open();
    fillFirst(log);
    log.close();
    sim.open().write(0, 512);
    sim.powerFail();
    assertThat(sim.recover()).isPositive();
    sim.flip(SimLog.logfile(2), 50);
    refuses(LogDamage.Code.LOG_DAMAGED, "the log is needed from LSN 0");
  }

  @Test
  void aRottenHeaderBelowTheCheckpointIsHistory() throws IOException {
    TestLog log = sim.open();
    fillFirst(log);
    long end = sim.world.await(() -> Async.of(log.log().marks().durable()));
    log.close();
    TestLog second = sim.open();
    long kept = second.write(0, 512);
    sim.world.await(() -> second.log().moveCheckpoint(end + 4096, end + 4096, List.of()));
    sim.powerFail();
    sim.flip(SimLog.logfile(1), 50);
    sim.recover();
    assertThat(sim.found).contains(kept);
  }

  @Test
  void aRottenHeaderOfTheNewestFileIsNoticed() throws IOException {
    TestLog log = sim.open();
    fillFirst(log);
    log.write(0, 512);
    sim.powerFail();
    sim.flip(SimLog.logfile(2), 50);
    refuses(LogDamage.Code.LOG_DAMAGED, "the header of logfile 2 is damaged");
  }

  @Test
  void aRottenHeaderOfTheNewestEpochIsNoticed() throws IOException {
    sim.open().write(0, 4096);
    sim.powerFail();
    sim.open().write(4096, 4096);
    sim.powerFail();
    sim.flip(SimLog.logfile(2), 50);
    refuses(LogDamage.Code.LOG_DAMAGED, "the checkpoint was written in a later epoch");
  }

  /** The header and records go into one write; a torn one leaves records without a header. */
  @Test
  void aTornBeginningOfALogfileWasNeverAcknowledged() throws IOException {
    TestLog log = sim.open();
    long last = 0;
    while (last < 5 << 20) {
      last = log.write(0, 1 << 20);
    }
    for (int i = 0; i < 2; i++) {
      log.append(0, 1 << 20);
    }
    byte[] magic = "THARSISL".getBytes(StandardCharsets.US_ASCII);
    sim.world
        .simulation()
        .runUntil(
            () -> Arrays.equals(sim.medium(SimLog.logfile(2)).peek(new Range(0, 8)), magic),
            100_000);
    sim.kill();
    sim.flip(SimLog.logfile(2), 50);
    assertThat(sim.recover()).isGreaterThan(last);
  }

  /** What a killed process left in the page cache is served only once it is on the medium. */
  @Test
  void whatIsKeptIsMadeDurableFirst() throws IOException {
    TestLog log = sim.open();
    long lsn = log.append(0, 4096);
    sim.world.await(log::whenIdleOrWritten);
    sim.kill();
    sim.recover();
    assertThat(sim.found).containsExactly(lsn);
    sim.powerFail();
    sim.recover();
    assertThat(sim.found).containsExactly(lsn);
  }

  /** A logfile that has a successor was durable to its end, even if nothing in it says so. */
  @Test
  void aTornEndOfAnOlderLogfileIsRot() throws IOException {
    TestLog log = sim.open();
    long last = log.write(0, 512);
    log.close();
    sim.open().write(0, 512);
    sim.powerFail();
    long seal = last + 4096;
    sim.flip(SimLog.logfile(1), HEADER + seal + 20);
    refuses(LogDamage.Code.LOG_DAMAGED, "LSN " + seal + " (file offset " + (HEADER + seal));
  }

  @Test
  void aMissingLogfileIsRefused() throws IOException {
    TestLog log = sim.open();
    fillFirst(log);
    log.close();
    sim.open().write(0, 512);
    sim.powerFail();
    sim.delete(SimLog.logfile(2));
    refuses(LogDamage.Code.LOG_DAMAGED, "the log is needed from LSN 0");
  }

  @Test
  void aMissingNewestLogfileIsRefused() throws IOException {
    TestLog log = sim.open();
    log.write(0, 512);
    log.close();
    sim.open().write(0, 512);
    sim.powerFail();
    sim.delete(SimLog.logfile(2));
    refuses(
        LogDamage.Code.LOG_DAMAGED, "the header of logfile 2 is damaged or the file is missing");
  }

  @Test
  void aLogfileOfAnotherResourceIsRefused() throws IOException {
    sim.open().write(0, 512);
    sim.powerFail();
    ByteBuffer block = ByteBuffer.allocateDirect(HEADER);
    byte[] old = sim.medium(SimLog.logfile(1)).peek(new Range(0, HEADER));
    LogfileHeader header = LogfileHeader.decode(ByteBuffer.wrap(old), 0).sound().orElseThrow();
    new LogfileHeader(
            new UUID(1, 1), header.shape(), header.writer(), header.epoch(), header.predecessor())
        .encode(block, 0);
    sim.overwrite(SimLog.logfile(1), 0, block);
    refuses(LogDamage.Code.NOT_OURS, "belongs to resource");
  }

  @Test
  void aStaleRecycledFileIsSpare() throws IOException {
    TestLog log = sim.open();
    long last = 0;
    for (int i = 0; i < 60; i++) {
      last = log.write((long) i << 20, 1 << 20);
      if (i % 7 == 6) {
        log.checkpoint(last);
      }
    }
    assertThat(sim.directory().files()).hasSizeLessThanOrEqualTo(4 + 6);
    sim.powerFail();
    sim.recover();
    assertThat(sim.found).contains(last).isSorted();
  }

  /** Openings that crash at every event: nothing of the log may get lost by them. */
  @Test
  void openingsThatCrashEverywhereLoseNothing() throws IOException {
    sim.limits = wide();
    TestLog log = sim.open();
    long first = log.write(0, 4096);
    sim.powerFail();
    for (int steps = 1; steps < 100; steps++) {
      TestLog.begin(sim.world, sim.seams(), TestLog.config(sim.limits, false));
      sim.world.simulation().runSteps(steps);
      if (steps % 2 == 0) {
        sim.world.host().powerFail();
      } else {
        sim.kill();
      }
    }
    sim.recover();
    assertThat(sim.found).containsExactly(first);
    long next = sim.open().write(4096, 4096);
    sim.powerFail();
    sim.recover();
    assertThat(sim.found).containsExactly(first, next);
  }

  /** Room for many epochs that nothing was checkpointed in. */
  private static LogLimits wide() {
    LogLimits small = TestLog.LIMITS;
    return new LogLimits(
        small.logfileBytes(),
        small.workingSet(),
        200 * small.logfileBytes(),
        small.batchBytes(),
        small.backlogBytes(),
        small.applyWindowBytes(),
        small.overlayMemoryBytes(),
        small.applyDelay(),
        small.flushDelay(),
        small.flushBytes(),
        small.summaryBytes());
  }

  /** Its successor continues with the same base and digest, whoever is recycled in between. */
  @Test
  void anEpochWithoutRecordsLeavesNoTrace() throws IOException {
    long first = sim.open().write(0, 4096);
    sim.powerFail();
    sim.open();
    sim.powerFail();
    sim.flip(SimLog.logfile(2), HEADER);
    long second = sim.open().write(4096, 4096);
    sim.powerFail();
    long third = sim.open().write(8192, 4096);
    assertThat(sim.directory().files()).doesNotContain(SimLog.logfile(2));
    sim.powerFail();
    sim.recover();
    assertThat(sim.found).containsExactly(first, second, third);
  }

  /** All files hold log, no more can be made: applying is what makes room for the new epoch. */
  @Test
  void aFullLogOpensOnceItIsApplied() throws IOException {
    long last = 0;
    for (int epoch = 1; epoch <= 6; epoch++) {
      last = sim.open().write(0, 512);
      sim.powerFail();
    }
    TestLog full = TestLog.begin(sim.world, sim.seams(), TestLog.config(sim.limits, false));
    sim.world.simulation().runFor(Duration.ofSeconds(5));
    assertThat(full.log().started().isDone()).isFalse();
    full.checkpoint(last);
    sim.world.await(() -> full.log().started());
    assertThat(full.write(4096, 4096)).isGreaterThan(last);
  }

  @Test
  void aSealedLogfileSaysThatNothingIsMissing() throws IOException {
    TestLog log = sim.open();
    log.write(0, 512);
    log.close();
    TestLog second = sim.open();
    assertThat(second.log().epoch().kind()).isEqualTo(Epoch.Kind.RESTART);
    second.write(0, 512);
    sim.kill();
    assertThat(sim.open().log().epoch().kind()).isEqualTo(Epoch.Kind.RECOVERY);
    assertThat(sim.directory().files()).contains(SimLog.logfile(3));
  }
}
