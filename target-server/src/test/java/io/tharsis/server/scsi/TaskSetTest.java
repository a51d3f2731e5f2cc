package io.tharsis.server.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.server.scsi.ScsiCommand.TaskAttribute;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which task starts when, and how many there may be. */
class TaskSetTest {

  private Bench bench = new Bench();

  @AfterEach
  void nothingLeaks() {
    bench.volume.completeAll();
    bench.owner.runAll();
    assertThat(bench.buffersInUse()).isZero();
  }

  private Outcome read(int lba, TaskAttribute attribute) {
    return read(lba, 1, attribute);
  }

  private Outcome read(int lba, int blocks, TaskAttribute attribute) {
    String cdb = "28 00 00 00 00 %02x 00 %04x 00".formatted(lba, blocks);
    return bench.in(cdb, blocks * 512).attribute(attribute).run();
  }

  @Test
  void simpleTasksRunSideBySideAndEndInAnyOrder() {
    bench.volume.hold();
    Outcome first = read(0, TaskAttribute.SIMPLE);
    Outcome second = read(1, TaskAttribute.UNTAGGED);
    bench.volume.complete(1);
    assertThat(second.verdict()).isEqualTo("GOOD");
    assertThat(first.pending()).isTrue();
  }

  @Test
  void orderedTaskWaitsForAllOlderAndHoldsAllYounger() {
    bench.volume.hold();
    read(0, TaskAttribute.SIMPLE);
    read(1, TaskAttribute.SIMPLE);
    Outcome ordered = read(2, TaskAttribute.ORDERED);
    Outcome younger = read(3, TaskAttribute.SIMPLE);
    bench.volume.complete(0);
    assertThat(bench.volume.started).containsExactly("read 0+512", "read 512+512");
    bench.volume.complete(0);
    assertThat(bench.volume.started).containsExactly("read 0+512", "read 512+512", "read 1024+512");
    bench.volume.complete(0);
    assertThat(ordered.verdict()).isEqualTo("GOOD");
    assertThat(bench.volume.started).endsWith("read 1536+512");
    assertThat(younger.pending()).isTrue();
  }

  @Test
  void orderedWriteHoldsYoungerTasksWhileItsDataIsCollected() {
    bench.volume.hold();
    ScsiTask write =
        bench
            .out("2a 00 00 00 00 00 00 00 01 00", new byte[512])
            .attribute(TaskAttribute.ORDERED)
            .begin(new Outcome());
    read(5, TaskAttribute.SIMPLE);
    assertThat(bench.volume.started).isEmpty();
    write.dataOut(bench.buffer(new byte[512]));
    assertThat(bench.volume.started).containsExactly("write 0+512");
    bench.volume.complete(0);
    assertThat(bench.volume.started).containsExactly("write 0+512", "read 2560+512");
  }

  @Test
  void headOfQueueStartsAtOnceAndHoldsWhatHasNotStarted() {
    bench.volume.hold();
    read(0, TaskAttribute.ORDERED);
    read(1, TaskAttribute.SIMPLE);
    read(2, TaskAttribute.HEAD_OF_QUEUE);
    assertThat(bench.volume.started).containsExactly("read 0+512", "read 1024+512");
    bench.volume.complete(0);
    assertThat(bench.volume.started).hasSize(2);
    bench.volume.complete(0);
    assertThat(bench.volume.started).endsWith("read 512+512");
  }

  @Test
  void headOfQueueHoldsTheOldestOrderedTaskToo() {
    bench.volume.hold();
    ScsiTask write =
        bench
            .out("2a 00 00 00 00 00 00 00 01 00", new byte[512])
            .attribute(TaskAttribute.ORDERED)
            .begin(new Outcome());
    read(2, TaskAttribute.HEAD_OF_QUEUE);
    write.dataOut(bench.buffer(new byte[512]));
    assertThat(bench.volume.started).containsExactly("read 1024+512");
    bench.volume.complete(0);
    assertThat(bench.volume.started).containsExactly("read 1024+512", "write 0+512");
  }

  @Test
  void refusalsWaitForNobody() {
    bench.volume.hold();
    read(0, TaskAttribute.ORDERED);
    assertThat(bench.none("ff 00 00 00 00 00").run().verdict()).isEqualTo("5/20/00");
  }

  @Test
  void fragmentsOfBlocksAreWrittenAlone() {
    bench.volume.fill(0, 512, 1);
    bench.volume.hold();
    read(0, TaskAttribute.SIMPLE);
    bench.out("2a 00 00 00 00 00 00 00 01 00", new byte[9]).run();
    bench.out("2a 00 00 00 00 00 00 00 01 00", new byte[512]).run();
    assertThat(bench.volume.started).containsExactly("read 0+512");
    bench.volume.completeAll();
    assertThat(bench.volume.started)
        .containsExactly("read 0+512", "read 0+512", "write 0+512", "write 0+512");
  }

  @Test
  void unitsDoNotHoldEachOther() {
    bench.volume.hold();
    read(0, TaskAttribute.ORDERED);
    Outcome other = bench.in("28 00 00 00 00 00 00 00 01 00", 512).lun(Bench.LUN_2).run();
    assertThat(other.verdict()).isEqualTo("GOOD");
  }

  @Test
  void taskSetIsFullForEveryNexus() {
    bench = new Bench(new TaskLimits(3, 2, 1 << 20));
    Nexus other = bench.nexus("other");
    bench.volume.hold();
    read(0, TaskAttribute.SIMPLE);
    read(0, TaskAttribute.SIMPLE);
    assertThat(read(0, TaskAttribute.SIMPLE).verdict()).isEqualTo("TASK SET FULL");
    String read = "28 00 00 00 00 00 00 00 01 00";
    Outcome third = bench.in(read, 512).from(other).run();
    assertThat(third.pending()).isTrue();
    assertThat(bench.in(read, 512).from(other).run().verdict()).isEqualTo("TASK SET FULL");
    bench.volume.complete(0);
    assertThat(read(0, TaskAttribute.SIMPLE).pending()).isTrue();
  }

  @Test
  void buffersOfTheTaskSetAreLimitedButOneTaskAlwaysFits() {
    bench = new Bench(new TaskLimits(100, 100, 4096));
    bench.volume.hold();
    Outcome large = read(0, 16, TaskAttribute.SIMPLE);
    assertThat(large.pending()).isTrue();
    assertThat(read(0, TaskAttribute.SIMPLE).verdict()).isEqualTo("TASK SET FULL");
    assertThat(bench.in("12 00 00 00 24 00", 36).run().verdict()).isEqualTo("GOOD");
    bench.volume.completeAll();
    assertThat(read(0, 7, TaskAttribute.SIMPLE).pending()).isTrue();
    assertThat(read(0, 1, TaskAttribute.SIMPLE).pending()).isTrue();
    assertThat(read(0, 1, TaskAttribute.SIMPLE).verdict()).isEqualTo("TASK SET FULL");
  }
}
