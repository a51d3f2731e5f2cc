package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.format.Poison;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.Fault;
import io.tharsis.logfiles.sim.SimMedium;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Group commit, seen from the logfile: which writes and syncs the appender asks for, and when. */
final class AppenderTest {

  private static final long LIMIT = 1_000_000;

  private final SimLog sim = new SimLog(11);
  private WatchedStore store;
  private TestLog log;

  @BeforeEach
  void open() throws IOException {
    store = new WatchedStore(sim.store());
    log = TestLog.open(sim.world, TestLog.seams(sim.world, store, 1), config());
    sim.world.simulation().runUntilIdle(LIMIT);
    store.operations.clear();
  }

  private LogConfig config() {
    return TestLog.config(sim.limits, false);
  }

  private SimMedium first() {
    return sim.medium(SimLog.logfile(1));
  }

  private void onOwner(Runnable action) throws IOException {
    sim.world.await(() -> {
      action.run();
      return Async.done();
    });
  }

  private long appendNow(int bytes) {
    assertThat(log.log().admit(bytes + 128)).isTrue();
    return log.log().append(new Entry(RecordType.WRITE, 0, 0, 0, bytes), TestLog.payload(0, bytes));
  }

  @Test
  void whatGathersDuringAWriteGoesIntoOneNextWrite() throws IOException {
    List<Long> durable = new ArrayList<>();
    first().stick();
    for (int i = 0; i < 11; i++) {
      onOwner(() -> {
        long lsn = appendNow(4096);
        log.log()
            .whenDurable(lsn + 1, Completion.of(() -> durable.add(lsn), cause -> durable.add(-1L)));
      });
    }
    sim.world.simulation().runFor(Duration.ofMillis(50));
    assertThat(store.writes()).hasSize(1);
    assertThat(durable).isEmpty();
    first().unstick();
    sim.world.simulation().runUntil(() -> durable.size() == 11, LIMIT);
    assertThat(durable).isSorted().doesNotContain(-1L);
    assertThat(store.writes()).hasSize(2);
    assertThat(store.writes())
        .allSatisfy(w -> assertThat(w.durability()).isEqualTo(Durability.DURABLE));
    assertThat(store.writes().getLast().range().lengthBytes())
        .isEqualTo(LogLimits.blockUp(10 * (4096 + 64)));
    assertThat(store.syncs()).isZero();
  }

  @Test
  void aWriteIntoTheCacheIsSyncedWhenItsTimeIsUp() throws IOException {
    onOwner(() -> appendNow(4096));
    sim.world.simulation().runFor(Duration.ofMillis(150));
    assertThat(store.writes())
        .singleElement()
        .satisfies(w -> assertThat(w.durability()).isEqualTo(Durability.BUFFERED));
    assertThat(store.syncs()).isZero();
    assertThat(log.log().marks().durable()).isLessThan(log.log().marks().written());
    sim.world.simulation().runFor(Duration.ofMillis(60));
    assertThat(store.syncs()).isEqualTo(1);
    assertThat(log.log().marks().durable()).isEqualTo(log.log().marks().appended());
    sim.world.simulation().runFor(Duration.ofSeconds(2));
    assertThat(store.operations).hasSize(2);
  }

  @Test
  void aSealIsDurableWithWhatWasInTheCacheBeforeIt() throws IOException {
    onOwner(() -> appendNow(4096));
    sim.world.simulation().runFor(Duration.ofMillis(20));
    assertThat(log.log().marks().durable()).isLessThan(log.log().marks().written());
    onOwner(() -> log.log().seal());
    assertThat(log.log().isIdle()).isFalse();
    sim.world.simulation().runUntil(() -> log.log().isIdle(), LIMIT);
    assertThat(log.log().marks().durable()).isEqualTo(log.log().marks().appended());
    assertThat(store.syncs()).isEqualTo(1);
  }

  @Test
  void aWriteIntoTheCacheIsSyncedWhenThereIsTooMuchOfIt() throws IOException {
    for (int i = 0; i < 17; i++) {
      onOwner(() -> appendNow(65536));
      sim.world.simulation().runFor(Duration.ofMillis(1));
      assertThat(log.log().marks().written() - log.log().marks().durable())
          .isLessThan(sim.limits.flushBytes() + 2 * 65536);
    }
    assertThat(store.syncs()).isEqualTo(1);
  }

  @Test
  void whoeverAsksLaterForDurabilityGetsASync() throws IOException {
    long[] lsn = {0};
    onOwner(() -> lsn[0] = appendNow(512));
    sim.world.simulation().runFor(Duration.ofMillis(10));
    sim.world.run(done -> log.log().whenDurable(lsn[0] + 1, done));
    assertThat(store.syncs()).isEqualTo(1);
    sim.powerFail();
    sim.recover();
    assertThat(sim.found).containsExactly(lsn[0]);
  }

  /** A sync says nothing about a write that began after it. */
  @Test
  void aSyncInFlightDoesNotCoverWhatIsWrittenMeanwhile() throws IOException {
    long[] lsn = {0, 0};
    onOwner(() -> lsn[0] = appendNow(512));
    sim.world.simulation().runFor(Duration.ofMillis(10));
    List<String> told = new ArrayList<>();
    onOwner(() -> log.log().whenDurable(lsn[0] + 1, Completion.of(() -> told.add("one"), c -> {})));
    onOwner(() -> {
      lsn[1] = appendNow(512);
      log.log().whenDurable(lsn[1] + 1, Completion.of(() -> told.add("two"), c -> {}));
    });
    sim.world.simulation().runUntil(() -> told.size() == 2, LIMIT);
    assertThat(told).containsExactly("one", "two");
    sim.powerFail();
    sim.recover();
    assertThat(sim.found).containsExactly(lsn[0], lsn[1]);
  }

  @Test
  void noBlockOfALogfileIsWrittenTwice() throws IOException {
    var random = sim.world.simulation().random("mix");
    long last = 0;
    for (int i = 0; i < 300; i++) {
      int bytes = 512 * (1 + random.below(128));
      last = random.chance(0.4) ? log.write(0, bytes) : log.append(0, bytes);
      if (random.chance(0.1)) {
        sim.world.simulation().runFor(Duration.ofMillis(random.below(300)));
      }
    }
    assertThat(last).isGreaterThan(8 << 20);
    List<WatchedStore.Operation.Write> writes =
        store.writes().stream().filter(w -> !w.file().equals(CheckpointFile.NAME)).toList();
    assertThat(writes).hasSizeGreaterThan(50);
    for (int i = 0; i < writes.size(); i++) {
      Range range = writes.get(i).range();
      assertThat(range.from() % LogLimits.BLOCK_BYTES).isZero();
      assertThat(range.to() % LogLimits.BLOCK_BYTES).isZero();
      for (int k = 0; k < i; k++) {
        boolean sameFile = writes.get(k).file().equals(writes.get(i).file());
        boolean apart =
            writes.get(k).range().to() <= range.from()
                || range.to() <= writes.get(k).range().from();
        assertThat(!sameFile || apart || writes.get(i).file().startsWith("summaries"))
            .as("%s and %s", writes.get(k), writes.get(i))
            .isTrue();
      }
    }
  }

  @Test
  void aFullLogfileIsSealedAndDurableBeforeTheNextBegins() throws IOException {
    int begun = 0;
    for (int i = 0; i < 12; i++) {
      log.append(0, 1 << 20);
    }
    sim.world.await(log::whenIdleOrWritten);
    for (int i = 0; i < store.operations.size(); i++) {
      if (store.operations.get(i)
              instanceof WatchedStore.Operation.Write(var file, var range, var d)
          && range.from() == 0
          && file.startsWith(LogCandidates.SPARE_PREFIX)) {
        assertThat(d).isEqualTo(Durability.DURABLE);
        begun++;
      }
    }
    assertThat(begun).isEqualTo(1);
    assertThat(log.log().marks().durable()).isGreaterThan(8 << 20);
    sim.powerFail();
    var store2 = sim.store();
    LogReport report = sim.world.await(() -> LogInspection.examine(store2, sim.world.clock()));
    assertThat(report.isSound()).as("%s", report.damages()).isTrue();
    assertThat(report.files().getFirst().contents().orElseThrow().isSealed()).isTrue();
  }

  @Test
  void aFailedWriteIsFinal() throws IOException {
    long kept = log.write(0, 512);
    first().faults().next(Fault.WRITE_ERROR);
    assertThatThrownBy(() -> log.write(0, 512)).hasMessageContaining("Input/output error");
    assertThat(log.stopped()).hasValueSatisfying(s -> assertThat(s).contains("log-000000001-host"));
    store.operations.clear();
    onOwner(() -> assertThat(log.log().admit(512)).isFalse());
    sim.world.simulation().runFor(Duration.ofSeconds(3));
    assertThat(store.writes()).allSatisfy(w -> assertThat(w.file()).isEqualTo(PoisonFile.NAME));
    sim.powerFail();
    assertThatThrownBy(sim::recover)
        .isInstanceOf(LogDamage.class)
        .hasMessageContaining("POISONED")
        .hasMessageContaining("clear-poison");
    sim.kill();
    var again = sim.store();
    Poison cleared = sim.world.await(() -> LogInspection.clearPoison(again, SimLog.logfile(1)));
    assertThat(cleared.lsn()).isGreaterThan(kept);
    sim.powerFail();
    sim.recover();
    assertThat(sim.found).contains(kept);
  }

  @Test
  void aFailedSyncIsFinalAndNothingOfItIsAcknowledged() throws IOException {
    long kept = log.write(0, 512);
    long[] lsn = {0};
    onOwner(() -> lsn[0] = appendNow(512));
    sim.world.simulation().runFor(Duration.ofMillis(10));
    first().faults().next(Fault.SYNC_ERROR);
    assertThatThrownBy(() -> sim.world.run(done -> log.log().whenDurable(lsn[0] + 1, done)))
        .hasMessageContaining("Input/output error");
    assertThat(log.log().marks().durable()).isLessThanOrEqualTo(lsn[0]).isGreaterThan(kept);
    assertThatThrownBy(() -> sim.world.run(done -> log.log().whenDurable(lsn[0] + 1, done)))
        .isInstanceOf(IOException.class);
    onOwner(() -> assertThat(log.log().admit(512)).isFalse());
  }

  @Test
  void aBatchKeepsRoomForTheBlockInWhichItsFileIsSealed() {
    long written = log.log().marks().appended();
    long capacity = sim.limits.logfileBytes() - 4096;
    Logfile file = log.log().find(written - 1).orElseThrow();
    assertThat(Batch.fitsFile(file, capacity - 8192, 4096)).isTrue();
    assertThat(Batch.fitsFile(file, capacity - 8192, 4097)).isFalse();
  }

  /** What was gathered goes into the old logfile, what comes then into the new one. */
  @Test
  void aLogfileCanBeEndedBeforeItIsFull() throws IOException {
    long[] lsn = {0, 0};
    onOwner(() -> {
      lsn[0] = appendNow(512);
      assertThat(log.log().rotate()).isTrue();
      assertThat(log.log().logfileNumber()).isEqualTo(2);
      assertThat(log.log().holdsRecords()).isFalse();
      lsn[1] = appendNow(512);
    });
    sim.world.run(done -> log.log().whenDurable(lsn[1] + 1, done));
    assertThat(log.log().find(lsn[0]).orElseThrow().isClosed()).isTrue();
    assertThat(log.log().find(lsn[1]).orElseThrow().number()).isEqualTo(2);
    sim.powerFail();
    sim.recover();
    assertThat(sim.found).containsExactly(lsn[0], lsn[1]);
  }

  /** Also without anything on its way, and when nothing but the state was ever appended. */
  @Test
  void logfilesOfOneRecordAndOfNoneFollowEachOther() throws IOException {
    for (int i = 0; i < 12; i++) {
      long lsn = i % 3 == 0 ? 0 : log.write(0, 512);
      sim.world.simulation().runUntilIdle(LIMIT);
      onOwner(() -> assertThat(log.log().rotate()).isTrue());
      log.checkpoint(Math.max(lsn, log.log().marks().checkpoint()));
    }
    long last = log.write(0, 512);
    assertThat(log.log().logfileNumber()).isEqualTo(13);
    assertThat(log.log().usedBytes()).isLessThanOrEqualTo(sim.limits.maxLogBytes());
    sim.powerFail();
    sim.recover();
    assertThat(sim.found).contains(last);
  }

  @Test
  void withoutANextLogfileThereIsNoRotation() throws IOException {
    sim.world.host().space().limit(64L << 20);
    sim.world.host().space().fillAllBut(0);
    int rotated = 0;
    for (int i = 0; i < 6; i++) {
      log.write(0, 512);
      sim.world.simulation().runFor(Duration.ofSeconds(1));
      boolean[] done = {false};
      onOwner(() -> done[0] = log.log().rotate());
      rotated += done[0] ? 1 : 0;
    }
    assertThat(rotated).isEqualTo(3);
    log.write(0, 512);
  }
}
