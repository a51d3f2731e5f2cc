package io.tharsis.server.scsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.server.scsi.AccessControl.Verdict;
import io.tharsis.server.scsi.TaskManagement.Function;
import io.tharsis.server.scsi.TaskManagement.Response;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Asymmetric access: what is reported, what can be set, who is told, what still is answered. */
class PortGroupsTest {

  private static final String READY = "00 00 00 00 00 00";
  private static final String REPORT = "a3 0a 00 00 00 00 00 00 00 ff 00 00";
  private static final String SET = "a4 0a 00 00 00 00 00 00 00 %02x 00 00";

  private final Bench bench = new Bench();

  @AfterEach
  void nothingLeaks() {
    assertThat(bench.buffersInUse()).isZero();
  }

  private String ready(Nexus nexus) {
    return bench.none(READY).from(nexus).run().verdict();
  }

  private void become(AccessState other, AccessState own) {
    bench.device.portGroups(Bench.groups(other, own));
  }

  private Outcome set(String descriptors) {
    byte[] list = Bench.bytes("00 00 00 00 " + descriptors);
    return bench.out(SET.formatted(list.length), list).run();
  }

  @Test
  void reportIsPinned() {
    assertThat(bench.in(REPORT, 255).run().hex())
        .isEqualTo(
            "00 00 00 18 "
                + "01 8b 00 01 00 00 00 01 00 00 00 01 "
                + "80 8b 01 02 00 00 00 01 00 00 01 02");
  }

  @Test
  void reportWithExtendedHeaderIsPinned() {
    assertThat(bench.in("a3 2a 00 00 00 00 00 00 00 ff 00 00", 255).run().hex())
        .isEqualTo(
            "00 00 00 1c 10 3c 00 00 "
                + "01 8b 00 01 00 00 00 01 00 00 00 01 "
                + "80 8b 01 02 00 00 00 01 00 00 01 02");
  }

  @Test
  void reportIsCutAtTheAllocationLengthOf32Bits() {
    assertThat(bench.in("a3 0a 00 00 00 00 00 00 00 04 00 00", 4).run().hex())
        .isEqualTo("00 00 00 18");
    assertThat(bench.in("a3 0a 00 00 00 00 00 00 00 00 00 00", 0).run().data()).isEmpty();
    assertThat(bench.in("a3 0a 00 00 00 00 01 00 00 00 00 00", 255).run().data()).hasSize(28);
  }

  @Test
  void unknownFormatOfTheReportIsRefused() {
    Outcome outcome = bench.in("a3 4a 00 00 00 00 00 00 00 ff 00 00", 255).run();
    assertThat(outcome.verdict()).isEqualTo("5/24/00");
    assertThat(outcome.pointer()).isEqualTo("cdb 1.7");
  }

  @ParameterizedTest
  @CsvSource({"OPTIMIZED, 80", "NON_OPTIMIZED, 81", "UNAVAILABLE, 83", "TRANSITIONING, 8f"})
  void everyStateIsReportedAtOnce(AccessState state, String code) {
    become(AccessState.NON_OPTIMIZED, state);
    bench.in("03 00 00 00 12 00", 18).run(); // takes the unit attention, if there is one
    assertThat(bench.in(REPORT, 255).run().hex()).contains(" " + code + " 8b 01 02");
  }

  // ---- who is told ----

  @Test
  void changeIsToldOnceToEveryNexusOnEveryUnit() {
    Nexus other = bench.nexus("other");
    become(AccessState.OPTIMIZED, AccessState.NON_OPTIMIZED);
    for (Nexus nexus : List.of(bench.nexus, other)) {
      assertThat(ready(nexus)).isEqualTo("6/2a/06");
      assertThat(ready(nexus)).isEqualTo("GOOD");
      assertThat(bench.none(READY).from(nexus).lun(Bench.LUN_2).run().verdict())
          .isEqualTo("6/2a/06");
    }
  }

  @Test
  void whatStaysAsItIsIsNotTold() {
    become(AccessState.NON_OPTIMIZED, AccessState.OPTIMIZED);
    assertThat(ready(bench.nexus)).isEqualTo("GOOD");
  }

  @Test
  void transitionIsToldAtItsEnd() {
    become(AccessState.TRANSITIONING, AccessState.TRANSITIONING);
    assertThat(ready(bench.nexus)).isEqualTo("GOOD");
    become(AccessState.OPTIMIZED, AccessState.TRANSITIONING);
    assertThat(ready(bench.nexus)).isEqualTo("6/2a/06");
    become(AccessState.OPTIMIZED, AccessState.NON_OPTIMIZED);
    assertThat(ready(bench.nexus)).isEqualTo("6/2a/06");
    become(AccessState.OPTIMIZED, AccessState.TRANSITIONING);
    become(AccessState.OPTIMIZED, AccessState.NON_OPTIMIZED);
    assertThat(ready(bench.nexus)).isEqualTo("GOOD");
  }

  @Test
  void newGroupIsNews() {
    PortGroups two = Bench.groups(AccessState.NON_OPTIMIZED, AccessState.OPTIMIZED);
    bench.device.portGroups(
        new PortGroups(
            List.of(
                two.groups().getFirst(),
                new PortGroups.Group(2, AccessState.NON_OPTIMIZED, false),
                two.groups().getLast()),
            258));
    assertThat(ready(bench.nexus)).isEqualTo("6/2a/06");
    assertThat(bench.in(REPORT, 255).run().data()).hasSize(40);
  }

  @Test
  void resetsComeBeforeAndCapacityBehind() {
    bench.device.changed(0);
    become(AccessState.OPTIMIZED, AccessState.NON_OPTIMIZED);
    bench.manage(Function.LOGICAL_UNIT_RESET, bench.nexus, 0);
    bench.owner.runAll();
    assertThat(ready(bench.nexus)).isEqualTo("6/29/03");
    assertThat(ready(bench.nexus)).isEqualTo("6/2a/06");
    assertThat(ready(bench.nexus)).isEqualTo("6/2a/09");
    assertThat(ready(bench.nexus)).isEqualTo("GOOD");
  }

  @Test
  void deviceKeepsItsNumber() {
    PortGroups others = new PortGroups(PortGroups.alone().groups(), 1);
    assertThatThrownBy(() -> bench.device.portGroups(others)).hasMessageContaining("number");
  }

  // ---- what is answered in which state ----

  private static final String READ = "28 00 00 00 00 00 00 00 01 00";

  @Test
  void whileTransitioningTheDeviceRefusesNothingItself() {
    become(AccessState.TRANSITIONING, AccessState.TRANSITIONING);
    bench.volume.hold();
    Outcome held = bench.in(READ, 512).run();
    assertThat(held.pending()).isTrue();
    for (String answered :
        List.of(READY, "12 00 00 00 00 00", REPORT, "25 00 00 00 00 00 00 00 00 00")) {
      assertThat(bench.in(answered, 255).run().verdict()).as(answered).isEqualTo("GOOD");
    }
    bench.volume.completeAll();
    assertThat(held.verdict()).isEqualTo("GOOD");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        READY,
        READ,
        "1a 00 3f 00 ff 00",
        "25 00 00 00 00 00 00 00 00 00",
        "35 00 00 00 00 00 00 00 00 00",
        "9e 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00"
      })
  void unavailablePortRefusesWhatNeedsTheUnit(String cdb) {
    become(AccessState.OPTIMIZED, AccessState.UNAVAILABLE);
    assertThat(ready(bench.nexus)).isEqualTo("6/2a/06");
    assertThat(bench.in(cdb, 512).run().verdict()).isEqualTo("2/04/0c");
    assertThat(bench.volume.started).isEmpty();
    become(AccessState.NON_OPTIMIZED, AccessState.OPTIMIZED);
    assertThat(ready(bench.nexus)).isEqualTo("6/2a/06");
    assertThat(bench.in(cdb, 512).run().verdict()).isEqualTo("GOOD");
  }

  @Test
  void unavailablePortTakesNoData() {
    become(AccessState.OPTIMIZED, AccessState.UNAVAILABLE);
    ready(bench.nexus);
    Outcome outcome = new Outcome();
    ScsiTask task = bench.out("2a 00 00 00 00 00 00 00 01 00", new byte[512]).begin(outcome);
    assertThat(task.dataOutBytes()).isZero();
    bench.owner.runAll();
    assertThat(outcome.verdict()).isEqualTo("2/04/0c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "12 00 00 00 ff 00",
        "12 01 83 00 ff 00",
        "03 00 00 00 12 00",
        "a0 00 00 00 00 00 00 00 00 ff 00 00",
        REPORT,
        "a4 0a 00 00 00 00 00 00 00 00 00 00"
      })
  void unavailablePortStillSaysWhatItIs(String cdb) {
    become(AccessState.OPTIMIZED, AccessState.UNAVAILABLE);
    ready(bench.nexus);
    assertThat(bench.in(cdb, 255).run().verdict()).isEqualTo("GOOD");
  }

  @Test
  void anotherPortsTroubleIsNotOurs() {
    become(AccessState.UNAVAILABLE, AccessState.OPTIMIZED);
    ready(bench.nexus);
    assertThat(bench.in(READ, 512).run().verdict()).isEqualTo("GOOD");
  }

  // ---- setting ----

  @Test
  void optimizedGroupNeedNotBeAskedFor() {
    assertThat(set("00 00 01 02").verdict()).isEqualTo("GOOD");
    assertThat(set("01 00 00 01").verdict()).isEqualTo("GOOD");
    assertThat(set("01 00 00 01 00 00 01 02").verdict()).isEqualTo("GOOD");
    assertThat(bench.out(SET.formatted(0), new byte[0]).run().verdict()).isEqualTo("GOOD");
    assertThat(bench.control.asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"00 00 00 01", "01 00 01 02 00 00 00 01", "f0 ff 00 01 01 ff 01 02"})
  void groupIsAskedForAndTheOneWhoAskedIsNotTold(String descriptors) {
    Nexus other = bench.nexus("other");
    Outcome outcome = set(descriptors);
    assertThat(bench.control.asked).containsExactly(1);
    assertThat(outcome.pending()).isTrue();
    become(AccessState.TRANSITIONING, AccessState.TRANSITIONING);
    become(AccessState.OPTIMIZED, AccessState.NON_OPTIMIZED);
    bench.control.answer(Verdict.DONE);
    bench.owner.runAll();
    assertThat(outcome.verdict()).isEqualTo("GOOD");
    assertThat(ready(bench.nexus)).isEqualTo("GOOD");
    assertThat(bench.none(READY).lun(Bench.LUN_2).run().verdict()).isEqualTo("6/2a/06");
    assertThat(ready(other)).isEqualTo("6/2a/06");
    become(AccessState.NON_OPTIMIZED, AccessState.OPTIMIZED);
    assertThat(ready(bench.nexus)).isEqualTo("6/2a/06");
  }

  @ParameterizedTest
  @CsvSource({"REFUSED, 5/26/00, data 4", "FAILED, 4/67/0a, none"})
  void whatCannotBeIsSaid(Verdict verdict, String sense, String pointer) {
    Outcome outcome = set("00 00 00 01");
    bench.control.answer(verdict);
    bench.owner.runAll();
    assertThat(outcome.verdict()).isEqualTo(sense);
    assertThat(outcome.pointer()).isEqualTo(pointer);
  }

  @ParameterizedTest
  @CsvSource({
    "00 00 00 07, data 6", // no such group
    "03 00 00 01, data 4", // unavailable is not for initiators to make
    "0f 00 00 01, data 4",
    "00 00 00 01 00 00 01 02, data 4", // two at once
    "01 00 01 02, data 4", // nobody would have it
    "01 00 00 01 01 00 01 02, data 8",
    "01 00 00 01 00 00 00 01, data 4"
  })
  void whatMakesNoSenseIsRefusedUnasked(String descriptors, String pointer) {
    Outcome outcome = set(descriptors);
    assertThat(outcome.verdict()).isEqualTo("5/26/00");
    assertThat(outcome.pointer()).isEqualTo(pointer);
    assertThat(bench.control.asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 7, 9, 255})
  void listOfNoSuchLengthIsRefusedWithoutItsData(int length) {
    Outcome outcome = new Outcome();
    ScsiTask task = bench.out(SET.formatted(length), new byte[length]).begin(outcome);
    assertThat(task.dataOutBytes()).isZero();
    bench.owner.runAll();
    assertThat(outcome.verdict()).isEqualTo("5/1a/00");
  }

  @Test
  void listThatDoesNotComeInFullIsRefused() {
    Outcome outcome = bench.out(SET.formatted(12), new byte[10]).run();
    assertThat(outcome.verdict()).isEqualTo("5/1a/00");
  }

  @Test
  void abortWaitsForTheVerdict() {
    Outcome outcome =
        bench.out(SET.formatted(8), Bench.bytes("00 00 00 00 00 00 00 01")).tag(77).run();
    List<Response> aborted = bench.manage(Function.ABORT_TASK, bench.nexus, 77);
    bench.owner.runAll();
    assertThat(aborted).isEmpty();
    bench.control.answer(Verdict.FAILED);
    bench.owner.runAll();
    assertThat(outcome.wasAborted()).isTrue();
    assertThat(aborted).containsExactly(Response.FUNCTION_COMPLETE);
  }

  @Test
  void withoutControlThereIsNoSuchCommand() {
    ManualOwner owner = new ManualOwner();
    VolumeTargetDevice device =
        new VolumeTargetDevice(
            owner,
            bench.allocator,
            List.of(new MemoryVolume(owner, 0, 64)),
            TargetPort.alone("iqn.2026-11.io.tharsis:alone"),
            TaskLimits.DEFAULT);
    Nexus nexus = device.establish("one");
    Outcome inquiry = new Outcome();
    device.begin(command(nexus, "12 00 00 00 ff 00"), inquiry);
    device.begin(command(nexus, READY), new Outcome());
    Outcome setting = new Outcome();
    device.begin(command(nexus, SET.formatted(8)), setting);
    owner.runAll();
    assertThat(inquiry.data()[5]).isEqualTo((byte) 0x10);
    assertThat(setting.verdict()).isEqualTo("5/24/00");
    assertThat(setting.pointer()).isEqualTo("cdb 1.4");
  }

  private static ScsiCommand command(Nexus nexus, String cdb) {
    return new ScsiCommand(
        nexus,
        0,
        1,
        Bench.bytes(cdb),
        ScsiCommand.TaskAttribute.SIMPLE,
        255,
        ScsiCommand.Direction.READ);
  }
}
