package io.tharsis.server.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.server.scsi.TaskManagement.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Unit attentions: who gets which, when, how often, and which commands pass them. */
class UnitAttentionTest {

  private static final String READY = "00 00 00 00 00 00";

  private final Bench bench = new Bench();

  @AfterEach
  void nothingLeaks() {
    assertThat(bench.buffersInUse()).isZero();
  }

  private String ready(Nexus nexus) {
    return bench.none(READY).from(nexus).run().verdict();
  }

  @Test
  void newNexusMeetsPowerOnOncePerUnit() {
    Nexus fresh = bench.device.establish("fresh");
    assertThat(ready(fresh)).isEqualTo("6/29/00");
    assertThat(ready(fresh)).isEqualTo("GOOD");
    Outcome other = bench.none(READY).from(fresh).lun(Bench.LUN_2).run();
    assertThat(other.verdict()).isEqualTo("6/29/00");
    assertThat(ready(bench.nexus)).isEqualTo("GOOD");
  }

  @Test
  void inquiryAndReportLunsNeitherMeetNorClearIt() {
    Nexus fresh = bench.device.establish("fresh");
    assertThat(bench.in("12 00 00 00 24 00", 36).from(fresh).run().verdict()).isEqualTo("GOOD");
    assertThat(bench.in("a0 00 00 00 00 00 00 00 02 00 00 00", 512).from(fresh).run().verdict())
        .isEqualTo("GOOD");
    assertThat(ready(fresh)).isEqualTo("6/29/00");
  }

  @Test
  void requestSenseReturnsAndClearsIt() {
    Nexus fresh = bench.device.establish("fresh");
    Outcome sense = bench.in("03 00 00 00 12 00", 18).from(fresh).run();
    assertThat(sense.verdict()).isEqualTo("GOOD");
    assertThat(sense.hex()).isEqualTo("70 00 06 00 00 00 00 0a 00 00 00 00 29 00 00 00 00 00");
    assertThat(ready(fresh)).isEqualTo("GOOD");
  }

  @Test
  void requestSenseSpeaksDescriptorFormatWhenAsked() {
    Nexus fresh = bench.device.establish("fresh");
    assertThat(bench.in("03 01 00 00 12 00", 18).from(fresh).run().hex())
        .isEqualTo("72 06 29 00 00 00 00 00");
  }

  @Test
  void writeThatMeetsItTakesNoData() {
    Nexus fresh = bench.device.establish("fresh");
    Outcome outcome = new Outcome();
    ScsiTask task =
        bench.out("2a 00 00 00 00 00 00 00 01 00", new byte[512]).from(fresh).begin(outcome);
    assertThat(task.dataOutBytes()).isZero();
    bench.owner.runAll();
    assertThat(outcome.verdict()).isEqualTo("6/29/00");
    assertThat(bench.volume.started).isEmpty();
  }

  @Test
  void unitResetIsToldToEveryNexusOfThatUnit() {
    Nexus other = bench.nexus("other");
    bench.manage(Function.LOGICAL_UNIT_RESET, bench.nexus, 0);
    bench.owner.runAll();
    assertThat(ready(other)).isEqualTo("6/29/03");
    assertThat(ready(bench.nexus)).isEqualTo("6/29/03");
    assertThat(ready(other)).isEqualTo("GOOD");
    assertThat(bench.none(READY).lun(Bench.LUN_2).run().verdict()).isEqualTo("GOOD");
  }

  @Test
  void targetResetIsToldOnEveryUnit() {
    bench.manage(Function.TARGET_WARM_RESET, bench.nexus, 0);
    bench.owner.runAll();
    assertThat(ready(bench.nexus)).isEqualTo("6/29/02");
    assertThat(bench.none(READY).lun(Bench.LUN_2).run().verdict()).isEqualTo("6/29/02");
  }

  @Test
  void conditionsAreReportedByPrecedenceAndPowerOnCoversResets() {
    bench.device.changed(0);
    bench.manage(Function.LOGICAL_UNIT_RESET, bench.nexus, 0);
    Nexus fresh = bench.device.establish("fresh");
    bench.manage(Function.LOGICAL_UNIT_RESET, bench.nexus, 0);
    bench.owner.runAll();
    assertThat(ready(bench.nexus)).isEqualTo("6/29/03");
    assertThat(ready(bench.nexus)).isEqualTo("6/2a/09");
    assertThat(ready(bench.nexus)).isEqualTo("GOOD");
    assertThat(ready(fresh)).isEqualTo("6/29/00");
    assertThat(ready(fresh)).isEqualTo("GOOD");
  }

  @Test
  void clearingIsToldToThoseWhoLostTasks() {
    Nexus other = bench.nexus("other");
    Nexus idle = bench.nexus("idle");
    bench.volume.hold();
    Outcome lost = bench.in("28 00 00 00 00 00 00 00 01 00", 512).from(other).run();
    bench.in("28 00 00 00 00 00 00 00 01 00", 512).run();
    bench.manage(Function.CLEAR_TASK_SET, bench.nexus, 0);
    bench.volume.completeAll();
    assertThat(lost.wasAborted()).isTrue();
    assertThat(ready(other)).isEqualTo("6/2f/00");
    assertThat(ready(idle)).isEqualTo("GOOD");
    assertThat(ready(bench.nexus)).isEqualTo("GOOD");
  }
}
