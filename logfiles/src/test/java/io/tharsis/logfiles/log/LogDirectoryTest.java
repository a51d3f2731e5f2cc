package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.sim.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The files of a log: the working set recycled for ever, more of them while they are needed. */
final class LogDirectoryTest {

  private static final int MIB = 1 << 20;

  private final SimLog sim = new SimLog(13);

  private List<String> logfiles() {
    return sim.directory().files().stream().filter(LogCandidates::isOurs).toList();
  }

  private static long write(TestLog log, int mebibytes) throws IOException {
    long lsn = 0;
    for (int i = 0; i < mebibytes; i++) {
      lsn = log.write(0, MIB);
    }
    return lsn;
  }

  @Test
  void theWorkingSetIsRecycledForEver() throws IOException {
    TestLog log = sim.open();
    for (int i = 0; i < 30; i++) {
      log.checkpoint(write(log, 4));
      assertThat(logfiles()).hasSize(sim.limits.workingSet());
    }
    assertThat(log.log().usedBytes()).isEqualTo(4L * sim.limits.logfileBytes());
    assertThat(log.log().marks().retained()).isGreaterThan(100L * MIB);
    assertThat(log.log().shortage()).isEmpty();
  }

  /** A foreign file takes everything that is left: the working set does not care. */
  @Test
  void theWorkingSetNeedsNoSpace() throws IOException {
    TestLog log = sim.open();
    sim.world.host().space().limit(64L * MIB);
    sim.world.host().space().fillAllBut(0);
    for (int i = 0; i < 10; i++) {
      log.checkpoint(write(log, 4));
    }
    assertThat(logfiles()).hasSize(4);
  }

  @Test
  void unappliedLogGrowsToTheLimitAndIsTrimmedWhenItIsApplied() throws IOException {
    TestLog log = sim.open();
    long last = write(log, 36);
    assertThat(logfiles()).hasSize(6);
    sim.world.await(() -> {
      while (log.log().admit(MIB + 64)) {
        log.appendNow(0, MIB);
      }
      return Async.done();
    });
    sim.world.simulation().runFor(Duration.ofSeconds(3));
    assertThat(log.log().shortage()).hasValue("the log space limit is reached");
    assertThat(logfiles()).hasSize(6);
    assertThat(log.log().marks().durable()).isGreaterThan(last);
    log.checkpoint(log.log().marks().durable());
    sim.world.simulation().runFor(Duration.ofSeconds(3));
    assertThat(log.log().shortage()).isEmpty();
    for (int i = 0; i < 10; i++) {
      sim.world.await(() -> {
        log.log().trim();
        return Async.done();
      });
      sim.world.simulation().runFor(Duration.ofSeconds(1));
    }
    assertThat(logfiles()).hasSize(4);
    assertThat(log.write(0, 512)).isGreaterThan(last);
  }

  @Test
  void allThatNobodyNeedsIsGivenBackAtOnce() throws IOException {
    TestLog log = sim.open();
    assertThat(sim.world.await(() -> log.log().trimAll())).isZero();
    long last = write(log, 36);
    assertThat(logfiles()).hasSize(6);
    assertThat(sim.world.await(() -> log.log().trimAll())).isZero();
    log.checkpoint(last);
    // The next logfile is being prepared then: it waits for that.
    assertThat(sim.world.await(() -> log.log().trimAll())).isEqualTo(2 * sim.limits.logfileBytes());
    assertThat(logfiles()).hasSize(4);
    sim.world.simulation().runFor(Duration.ofSeconds(1));
    assertThat(write(log, 40)).isGreaterThan(last);
  }

  @Test
  void whatAMemberNeedsIsNotGivenBack() throws IOException {
    TestLog log = sim.open();
    log.log().retainFrom(0);
    log.checkpoint(write(log, 36));
    assertThat(sim.world.await(() -> log.log().trimAll())).isZero();
    sim.world.await(() -> {
      log.log().retainFrom(Long.MAX_VALUE);
      return Async.done();
    });
    assertThat(sim.world.await(() -> log.log().trimAll())).isEqualTo(2 * sim.limits.logfileBytes());
  }

  @Test
  void whatCannotBeDeletedStaysInUse() throws IOException {
    TestLog log = sim.open();
    log.checkpoint(write(log, 36));
    sim.directory().faults().next(Fault.DELETE_ERROR);
    assertThatThrownBy(() -> sim.world.await(() -> log.log().trimAll()))
        .isInstanceOf(IOException.class);
    assertThat(log.log().shortage()).as("the next logfile is there").isEmpty();
    sim.world.simulation().runFor(Duration.ofSeconds(3));
    assertThat(sim.world.await(() -> log.log().trimAll())).isEqualTo(2 * sim.limits.logfileBytes());
    assertThat(write(log, 40)).isGreaterThan(0);
  }

  @Test
  void aFullFileSystemIsShownAndTriedAgain() throws IOException {
    TestLog log = sim.open();
    sim.world.host().space().limit(64L * MIB);
    sim.world.host().space().fillAllBut(0);
    write(log, 24);
    sim.world.simulation().runFor(Duration.ofSeconds(3));
    assertThat(log.log().shortage()).hasValueSatisfying(s -> assertThat(s).contains("No space"));
    sim.world.host().space().removeForeign();
    sim.world.simulation().runFor(Duration.ofSeconds(2));
    assertThat(log.log().shortage()).isEmpty();
    assertThat(logfiles()).hasSize(5);
    assertThat(write(log, 8)).isGreaterThan(24L * MIB);
  }

  @Test
  void aFailedRenameKeepsTheSpareFile() throws IOException {
    TestLog log = sim.open();
    sim.directory().faults().next(Fault.RENAME_ERROR, 3);
    long last = write(log, 12);
    sim.world.simulation().runFor(Duration.ofSeconds(5));
    assertThat(sim.directory().faults().happened(Fault.RENAME_ERROR)).isEqualTo(3);
    assertThat(logfiles()).hasSize(4);
    log.checkpoint(last);
    write(log, 24);
    sim.powerFail();
    assertThat(sim.recover()).isGreaterThan(36L * MIB);
  }

  /** The name has been given by then: to a recycled file here, to a new one below. */
  @Test
  void aFailedDirectorySyncIsTriedAgain() throws IOException {
    TestLog log = sim.open();
    sim.directory().faults().next(Fault.DIRECTORY_SYNC_ERROR, 3);
    long last = write(log, 20);
    sim.world.simulation().runFor(Duration.ofSeconds(5));
    assertThat(sim.directory().faults().happened(Fault.DIRECTORY_SYNC_ERROR)).isEqualTo(3);
    sim.directory().keepUnsynced(0);
    sim.powerFail();
    sim.recover();
    assertThat(sim.found).contains(last);
  }

  @Test
  void aFailedDirectorySyncOfANewFileIsTriedAgain() throws IOException {
    TestLog log = sim.open();
    write(log, 20);
    sim.directory().faults().next(Fault.DIRECTORY_SYNC_ERROR, 2);
    long last = write(log, 16);
    assertThat(logfiles()).hasSize(6);
    assertThat(sim.directory().faults().happened(Fault.DIRECTORY_SYNC_ERROR)).isEqualTo(2);
    sim.directory().keepUnsynced(0);
    sim.powerFail();
    sim.recover();
    assertThat(sim.found).contains(last);
  }

  @Test
  void aLogfileStaysWhileReadersAreStillSentToIt() throws IOException {
    TestLog log = sim.open();
    long last = write(log, 8);
    Logfile first = sim.world.await(() -> Async.of(log.log().pin(4096)));
    sim.world.await(() -> log.log().moveCheckpoint(last, last, List.of()));
    sim.world.await(() -> {
      // a reader is done before the overlay has forgotten everything, and the next one comes
      log.log().unpin(first);
      assertThat(log.log().pin(4096)).isSameAs(first);
      log.log().unpin(first);
      log.log().release(last);
      assertThat(log.log().find(4096)).isEmpty();
      return Async.done();
    });
  }

  @Test
  void aPinnedLogfileIsNotRecycled() throws IOException {
    TestLog log = sim.open();
    write(log, 10);
    Logfile pinned = sim.world.await(() -> Async.of(log.log().pin(4096)));
    log.checkpoint(write(log, 8));
    assertThat(log.log().marks().retained()).isZero();
    sim.world.await(() -> {
      log.log().unpin(pinned);
      return Async.done();
    });
    assertThat(log.log().marks().retained()).isGreaterThan(8L * MIB);
  }
}
