package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.Fault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** An inspection says what an opening would do, changes nothing, and is not fooled by a writer. */
final class LogInspectionTest {

  private static final int HEADER = 4096;

  private final SimLog sim = new SimLog(29);

  private LogReport examine() throws IOException {
    Store store = sim.store();
    return sim.world.await(() -> LogInspection.examine(store, sim.world.clock()));
  }

  /** At every event of a life with crashes: the verdict is what the opening then does. */
  @Test
  void theVerdictIsWhatAnOpeningDoes() throws IOException {
    for (int life = 1; life < 150; life += 3) {
      SimLog each = new SimLog(life);
      TestLog log = each.open();
      for (int i = 0; i < 5; i++) {
        log.append(i * 4096L, 4096);
      }
      log.log().whenDurable(log.log().marks().appended(), Completion.of(() -> {}, c -> {}));
      each.world.simulation().runSteps(life);
      each.world.host().powerFail();
      Store store = each.store();
      LogReport report = each.world.await(() -> LogInspection.examine(store, each.world.clock()));
      assertThat(report.isSound()).as("life %d: %s", life, report.damages()).isTrue();
      each.kill();
      long end = each.recover();
      assertThat(report.verdict())
          .isInstanceOfSatisfying(
              LogReport.Verdict.Opens.class,
              opens -> assertThat(LogLimits.blockUp(opens.endLsn())).isEqualTo(end));
    }
  }

  @Test
  void theFirstDamageIsNamedWithItsPlace() throws IOException {
    TestLog log = sim.open();
    long first = log.write(0, 4096);
    log.write(8192, 4096);
    log.close();
    sim.open().write(0, 512);
    sim.powerFail();
    sim.flip(SimLog.logfile(1), HEADER + first + 20);
    LogReport report = examine();
    assertThat(report.isSound()).isFalse();
    LogReport.Damage damage = report.damages().getFirst();
    assertThat(damage.file()).isEqualTo(SimLog.logfile(1));
    assertThat(damage.lsn()).isEqualTo(OptionalLong.of(first));
    assertThat(damage.fileOffset()).isEqualTo(OptionalLong.of(HEADER + first));
    assertThat(damage.reason()).startsWith("the record's header is damaged; rotten header");
    assertThat(report.verdict())
        .isInstanceOfSatisfying(
            LogReport.Verdict.Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(LogDamage.Code.LOG_DAMAGED));
  }

  @Test
  void rottenHistoryIsDamageThoughItOpens() throws IOException {
    TestLog log = sim.open();
    long rotten = log.write(0, 4096);
    log.checkpoint(log.write(8192, 4096));
    log.write(16384, 4096);
    sim.powerFail();
    sim.flip(SimLog.logfile(1), HEADER + rotten + 100);
    LogReport report = examine();
    assertThat(report.verdict()).isInstanceOf(LogReport.Verdict.Opens.class);
    assertThat(report.damages())
        .singleElement()
        .satisfies(damage ->
            assertThat(damage.reason()).endsWith("rotten history; the disk has all of it"));
    assertThat(report.isSound()).isFalse();
  }

  @Test
  void whatCannotBeReadIsAnErrorAndNoVerdict() throws IOException {
    sim.open().write(0, 512);
    sim.powerFail();
    sim.medium(SimLog.logfile(1)).faults().chance(Fault.READ_ERROR, 1);
    assertThatThrownBy(this::examine).hasMessageContaining("Input/output error");
    sim.medium(SimLog.logfile(1)).faults().heal();
    assertThat(examine().isSound()).isTrue();
  }

  @Test
  void anEmptyDirectoryIsNoResource() {
    assertThatThrownBy(this::examine).isInstanceOf(LogInspection.NoResource.class);
  }

  @Test
  void dumpTellsWholeRecordsOnce() throws IOException {
    TestLog log = sim.open();
    long first = log.write(0, 4096);
    long second = log.write(8192, 512);
    sim.powerFail();
    Store store = sim.store();
    LogReport report = examine();
    List<Long> told = new ArrayList<>();
    sim.world.await(() ->
        LogInspection.dump(
            store, report, first, second + 1, (file, record) -> told.add(record.lsn())));
    assertThat(told).startsWith(first).endsWith(second).isSorted().doesNotHaveDuplicates();
  }
}
