package io.tharsis.server.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.server.scsi.ScsiCommand.TaskAttribute;
import io.tharsis.server.scsi.TaskManagement.Function;
import io.tharsis.server.scsi.TaskManagement.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Task management never lies: what was called complete has no effect any more. */
class TaskManagementTest {

  private static final String WRITE = "2a 00 00 00 00 00 00 00 01 00";
  private static final String READ = "28 00 00 00 00 00 00 00 01 00";
  private static final int TAG = 77;

  private final Bench bench = new Bench();

  @AfterEach
  void nothingLeaks() {
    bench.volume.completeAll();
    bench.owner.runAll();
    assertThat(bench.buffersInUse()).isZero();
  }

  /** A function ends the command with {@link #TAG} at once: the volume has nothing of it. */
  private void takenBack(Function function, Outcome waiting) {
    List<Response> responses = bench.manage(function, bench.nexus, TAG);
    bench.owner.runAll();
    assertThat(waiting.wasAborted()).isTrue();
    assertThat(waiting.calls()).isEqualTo(1);
    assertThat(responses).containsExactly(Response.FUNCTION_COMPLETE);
    assertThat(bench.volume.heldOperations()).isZero();
    assertThat(bench.buffersInUse()).isZero();
  }

  @Test
  void taskThatCollectsDataIsDroppedAtOnce() {
    Outcome outcome = new Outcome();
    ScsiTask task = bench.out(WRITE, new byte[512]).tag(TAG).begin(outcome);
    List<Response> responses = bench.manage(Function.ABORT_TASK, bench.nexus, TAG);
    assertThat(outcome.wasAborted()).isTrue();
    bench.owner.runAll();
    assertThat(responses).containsExactly(Response.FUNCTION_COMPLETE);
    task.dataOut(bench.buffer(new byte[512]));
    bench.owner.runAll();
    assertThat(bench.volume.started).isEmpty();
    assertThat(outcome.calls()).isEqualTo(1);
  }

  @Test
  void taskInTheVolumeIsWaitedFor() {
    bench.volume.hold();
    Outcome outcome = bench.out(WRITE, new byte[512]).tag(TAG).run();
    List<Response> first = bench.manage(Function.ABORT_TASK, bench.nexus, TAG);
    List<Response> again = bench.manage(Function.ABORT_TASK, bench.nexus, TAG);
    bench.owner.runAll();
    assertThat(first).isEmpty();
    assertThat(outcome.pending()).isTrue();
    bench.volume.complete(0);
    bench.owner.runAll();
    assertThat(outcome.wasAborted()).isTrue();
    assertThat(first).containsExactly(Response.FUNCTION_COMPLETE);
    assertThat(again).containsExactly(Response.FUNCTION_COMPLETE);
  }

  @ParameterizedTest
  @EnumSource(
      value = Function.class,
      names = {"ABORT_TASK", "ABORT_TASK_SET", "LOGICAL_UNIT_RESET", "TARGET_WARM_RESET"})
  void writeThatWaitsForRoomIsTakenBackAndWaitedForNoMore(Function function) {
    bench.volume.holdForRoom();
    Outcome write = bench.out(WRITE, new byte[512]).tag(TAG).run();
    takenBack(function, write);
  }

  @ParameterizedTest
  @ValueSource(strings = {READ, "35 00 00 00 00 00 00 00 00 00"})
  void whatWaitsForARouteIsTakenBackAndWaitedForNoMore(String command) {
    bench.volume.holdForRoute();
    Outcome waiting = bench.in(command, 512).tag(TAG).run();
    takenBack(Function.ABORT_TASK, waiting);
  }

  /** The block of which a part is to be written could not be read yet. */
  @Test
  void fragmentThatWaitsForARouteIsTakenBack() {
    bench.volume.holdForRoute();
    Outcome write = bench.out(WRITE, new byte[300]).tag(TAG).run();
    takenBack(Function.ABORT_TASK, write);
  }

  /** A part of a block was read; the blocks to be written wait for room. */
  @Test
  void fragmentThatWaitsForRoomIsTakenBack() {
    Outcome write = bench.out(WRITE, new byte[300]).tag(TAG).send();
    bench.volume.holdForRoom();
    bench.owner.runAll();
    assertThat(bench.volume.started).containsExactly("read 0+512", "write 0+512");
    takenBack(Function.ABORT_TASK, write);
  }

  /** The first range is in the log already, the second one waits for room. */
  @Test
  void unmapIsWaitedForAsFarAsItIsInTheLog() {
    String list = "00 26 00 20 00 00 00 00";
    String first = " 00 00 00 00 00 00 00 00 00 00 00 01 00 00 00 00";
    String second = " 00 00 00 00 00 00 00 08 00 00 00 01 00 00 00 00";
    bench.volume.hold();
    bench.volume.fullAfter(1);
    Outcome unmap =
        bench
            .out("42 00 00 00 00 00 00 00 28 00", Bench.bytes(list + first + second))
            .tag(TAG)
            .run();
    assertThat(bench.volume.heldOperations()).isEqualTo(2);
    List<Response> responses = bench.manage(Function.ABORT_TASK, bench.nexus, TAG);
    bench.owner.runAll();
    assertThat(bench.volume.heldOperations()).isEqualTo(1);
    assertThat(unmap.pending()).isTrue();
    assertThat(responses).isEmpty();
    bench.volume.complete(0);
    bench.owner.runAll();
    assertThat(unmap.wasAborted()).isTrue();
    assertThat(responses).containsExactly(Response.FUNCTION_COMPLETE);
  }

  @Test
  void lostNexusDoesNotWaitForRoom() {
    bench.volume.holdForRoom();
    Outcome write = bench.out(WRITE, new byte[512]).run();
    List<String> done = new ArrayList<>();
    bench.device.lose(bench.nexus, () -> done.add("done"));
    bench.owner.runAll();
    assertThat(done).containsExactly("done");
    assertThat(write.wasAborted()).isTrue();
    assertThat(bench.volume.heldOperations()).isZero();
  }

  @Test
  void resultThatIsNotDeliveredYetIsDropped() {
    Outcome outcome = bench.in("12 00 00 00 24 00", 36).tag(TAG).send();
    takenBack(Function.ABORT_TASK, outcome);
  }

  @Test
  void unknownAndFinishedTagsDoNotExist() {
    bench.in(READ, 512).tag(TAG).run();
    List<Response> finished = bench.manage(Function.ABORT_TASK, bench.nexus, TAG);
    List<Response> unknown = bench.manage(Function.ABORT_TASK, bench.nexus, TAG + 1);
    assertThat(unknown).isEmpty();
    bench.owner.runAll();
    assertThat(finished).containsExactly(Response.TASK_DOES_NOT_EXIST);
    assertThat(unknown).containsExactly(Response.TASK_DOES_NOT_EXIST);
  }

  @Test
  void tagsBelongToTheirNexus() {
    Nexus other = bench.nexus("other");
    bench.volume.hold();
    Outcome mine = bench.in(READ, 512).tag(TAG).run();
    List<Response> responses = bench.manage(Function.ABORT_TASK, other, TAG);
    bench.owner.runAll();
    assertThat(responses).containsExactly(Response.TASK_DOES_NOT_EXIST);
    bench.volume.complete(0);
    assertThat(mine.verdict()).isEqualTo("GOOD");
  }

  @Test
  void abortedHolderLetsOthersGo() {
    bench.volume.hold();
    bench.out(WRITE, new byte[512]).attribute(TaskAttribute.ORDERED).tag(1).begin(new Outcome());
    bench.in(READ, 512).run();
    assertThat(bench.volume.started).isEmpty();
    bench.manage(Function.ABORT_TASK, bench.nexus, 1);
    assertThat(bench.volume.started).containsExactly("read 0+512");
  }

  @Test
  void abortedTaskStillHoldsOrderedOnesUntilTheVolumeHasDoneWithIt() {
    bench.volume.hold();
    bench.out(WRITE, new byte[512]).tag(1).run();
    bench.in(READ, 512).attribute(TaskAttribute.ORDERED).run();
    bench.manage(Function.ABORT_TASK, bench.nexus, 1);
    bench.owner.runAll();
    assertThat(bench.volume.started).containsExactly("write 0+512");
    bench.volume.complete(0);
    assertThat(bench.volume.started).containsExactly("write 0+512", "read 0+512");
  }

  @ParameterizedTest
  @EnumSource(
      value = Function.class,
      names = {"ABORT_TASK_SET", "CLEAR_TASK_SET", "LOGICAL_UNIT_RESET", "TARGET_WARM_RESET"})
  void wholeSetsAreAbortedWithoutStartingWhatIsAbortedNext(Function function) {
    Nexus other = bench.nexus("other");
    bench.volume.hold();
    Outcome running = bench.out(WRITE, new byte[512]).run();
    Outcome held = bench.in(READ, 512).attribute(TaskAttribute.ORDERED).run();
    Outcome collecting = new Outcome();
    bench.out(WRITE, new byte[512]).begin(collecting);
    Outcome foreign = bench.in(READ, 512).from(other).run();
    Outcome elsewhere = new Outcome();
    bench.second.hold();
    bench.in(READ, 512).lun(Bench.LUN_2).begin(elsewhere);

    List<Response> responses = bench.manage(function, bench.nexus, 0);
    bench.owner.runAll();

    assertThat(held.wasAborted()).isTrue();
    assertThat(collecting.wasAborted()).isTrue();
    assertThat(running.pending()).isTrue();
    assertThat(foreign.wasAborted()).isEqualTo(function != Function.ABORT_TASK_SET);
    assertThat(elsewhere.wasAborted()).isFalse();
    assertThat(responses).isEmpty();
    assertThat(bench.volume.started).first().isEqualTo("write 0+512");
    assertThat(bench.volume.started).hasSize(function == Function.ABORT_TASK_SET ? 2 : 1);
    bench.volume.completeAll();
    bench.owner.runAll();
    assertThat(running.wasAborted()).isTrue();
    assertThat(responses.isEmpty()).isEqualTo(function == Function.TARGET_WARM_RESET);
    bench.second.completeAll();
    assertThat(responses).containsExactly(Response.FUNCTION_COMPLETE);
    assertThat(elsewhere.wasAborted()).isEqualTo(function == Function.TARGET_WARM_RESET);
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void functionsOfAbsentUnitsAreRefused(Function function) {
    List<Response> responses = bench.manage(function, bench.nexus, Bench.LUN_1, 1);
    bench.owner.runAll();
    assertThat(responses)
        .containsExactly(
            switch (function) {
              case ABORT_TASK, ABORT_TASK_SET, CLEAR_TASK_SET, LOGICAL_UNIT_RESET ->
                  Response.LUN_DOES_NOT_EXIST;
              case TARGET_WARM_RESET -> Response.FUNCTION_COMPLETE;
              case TARGET_COLD_RESET -> Response.FUNCTION_NOT_SUPPORTED;
            });
  }

  /** A unit has ports at other nodes, and their commands are its commands. */
  @ParameterizedTest
  @EnumSource(
      value = Function.class,
      names = {"LOGICAL_UNIT_RESET", "TARGET_WARM_RESET"})
  void aResetIsCompleteWhenItIsAtTheOtherPorts(Function function) {
    List<Integer> asked = new ArrayList<>();
    Async<Void> elsewhere = new Async<>();
    bench.device.others(volume -> {
      asked.add(volume);
      return elsewhere;
    });
    bench.volume.hold();
    bench.out(WRITE, new byte[512]).run();
    List<Response> responses = bench.manage(function, bench.nexus, 0);
    bench.owner.runAll();
    assertThat(asked).isEmpty();
    bench.volume.complete(0);
    bench.owner.runAll();
    assertThat(asked).containsExactly(bench.volume.number());
    assertThat(responses).isEmpty();
    elsewhere.succeed(null);
    bench.owner.runAll();
    assertThat(responses).containsExactly(Response.FUNCTION_COMPLETE);
    assertThat(asked).hasSize(function == Function.TARGET_WARM_RESET ? 2 : 1);
  }

  @Test
  void aResetThatOthersCannotBeToldOfIsNotComplete() {
    bench.device.others(volume -> Async.failed(new IOException("nobody is reached")));
    List<Response> responses = bench.manage(Function.LOGICAL_UNIT_RESET, bench.nexus, 0);
    bench.owner.runAll();
    assertThat(responses).containsExactly(Response.FUNCTION_REJECTED);
  }

  @Test
  void aResetThroughAnotherPortEndsAllCommandsAndIsToldToAll() {
    Nexus other = bench.nexus("other");
    bench.device.others(volume -> {
      throw new AssertionError("told back");
    });
    bench.volume.hold();
    Outcome running = bench.out(WRITE, new byte[512]).run();
    List<String> done = new ArrayList<>();
    bench.device.resetElsewhere(bench.volume.number(), () -> done.add("done"));
    bench.owner.runAll();
    assertThat(done).isEmpty();
    bench.volume.complete(0);
    bench.owner.runAll();
    assertThat(done).containsExactly("done");
    assertThat(running.wasAborted()).isTrue();
    for (Nexus nexus : List.of(bench.nexus, other)) {
      assertThat(bench.none("00 00 00 00 00 00").from(nexus).run().senseHex()).contains("29 03");
      assertThat(bench.none("00 00 00 00 00 00").from(nexus).lun(Bench.LUN_2).run().status())
          .isZero();
    }
  }

  @Test
  void lostNexusIsDoneWhenTheVolumeHasNothingOfItAnyMore() {
    Nexus other = bench.nexus("other");
    bench.volume.hold();
    Outcome running = bench.out(WRITE, new byte[512]).run();
    Outcome collecting = new Outcome();
    bench.out(WRITE, new byte[512]).begin(collecting);
    Outcome absent = bench.none("00 00 00 00 00 00").lun(Bench.LUN_1).send();
    Outcome foreign = bench.in(READ, 512).from(other).run();
    List<String> done = new ArrayList<>();
    bench.device.lose(bench.nexus, () -> done.add("done"));
    bench.owner.runAll();
    assertThat(done).isEmpty();
    assertThat(collecting.wasAborted()).isTrue();
    bench.volume.completeAll();
    assertThat(done).containsExactly("done");
    assertThat(running.wasAborted()).isTrue();
    assertThat(foreign.verdict()).isEqualTo("GOOD");
    assertThat(absent.calls()).isEqualTo(1);
  }

  @Test
  void idleNexusIsLostAtOnceButInAMessageOfItsOwn() {
    List<String> done = new ArrayList<>();
    bench.device.lose(bench.nexus, () -> done.add("done"));
    assertThat(done).isEmpty();
    bench.owner.runAll();
    assertThat(done).containsExactly("done");
  }
}
