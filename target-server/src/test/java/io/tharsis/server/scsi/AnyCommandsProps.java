package io.tharsis.server.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.volume.VolumeFault;
import io.tharsis.server.scsi.ScsiCommand.Direction;
import io.tharsis.server.scsi.ScsiCommand.TaskAttribute;
import io.tharsis.server.scsi.TaskManagement.Function;
import io.tharsis.server.scsi.TaskManagement.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Whatever is sent, aborted, reset and lost in whatever order: nothing throws, every command ends
 * exactly once, every function is answered once and truly, and no buffer is left over.
 */
class AnyCommandsProps {

  private static final int[] OPCODES = {
    0x00, 0x03, 0x08, 0x0a, 0x12, 0x1a, 0x25, 0x28, 0x2a, 0x35, 0x42, 0x5a, 0x88, 0x8a, 0x91, 0x9e,
    0xa0, 0xa3, 0xa4, 0xa8, 0xaa
  };
  private static final int[] LENGTHS = {6, 10, 12, 16, 16, 16, 32, 260};
  private static final long[] LUNS = {0, 0, 0, Bench.LUN_2, Bench.LUN_1, -1};

  /** A command that was sent and what is known of it. */
  private record Sent(Nexus nexus, long lun, int tag, Outcome outcome) {}

  /** A write whose data has not been handed over. */
  private record Collecting(ScsiTask task, Sent sent, int bytes) {}

  /** One history. */
  private static final class Run {

    private final Random random;
    private final Bench bench = new Bench(new TaskLimits(24, 16, 1 << 20));
    private final List<Nexus> nexuses = new ArrayList<>(List.of(bench.nexus));
    private final List<Sent> sent = new ArrayList<>();
    private final List<Collecting> collecting = new ArrayList<>();
    private final List<List<Response>> answers = new ArrayList<>();
    private int lost;
    private int lostDone;

    Run(long seed) {
      random = new Random(seed);
      if (random.nextInt(4) > 0) {
        bench.volume.hold();
        bench.second.hold();
      }
      if (random.nextBoolean()) {
        bench.volume.fullAfter(random.nextInt(200));
      }
    }

    void step() {
      switch (random.nextInt(20)) {
        case 0 -> manage();
        case 1 -> {
          if (random.nextInt(4) == 0) {
            lose();
          }
        }
        case 2 -> {
          if (nexuses.size() < 4) {
            nexuses.add(bench.device.establish("nexus " + sent.size()));
          }
        }
        case 3 -> {
          if (random.nextInt(10) == 0) {
            bench.volume.fail(pick(VolumeFault.values()));
          }
        }
        case 4 -> {
          if (random.nextBoolean()) {
            bench.device.changed(random.nextBoolean() ? 0 : 2);
          } else {
            bench.device.portGroups(
                Bench.groups(pick(AccessState.values()), pick(AccessState.values())));
          }
        }
        case 5, 6, 7 -> bench.owner.runAll();
        case 8 -> bench.control.answer(pick(AccessControl.Verdict.values()));
        case 9, 10 -> complete(random.nextBoolean() ? bench.volume : bench.second);
        case 11, 12, 13 -> hand();
        default -> send();
      }
    }

    private <T> T pick(T[] of) {
      return of[random.nextInt(of.length)];
    }

    private void complete(MemoryVolume volume) {
      if (volume.heldOperations() > 0) {
        volume.complete(random.nextInt(volume.heldOperations()));
      }
    }

    private void hand() {
      if (!collecting.isEmpty()) {
        Collecting one = collecting.remove(random.nextInt(collecting.size()));
        if (!one.sent().outcome().wasAborted() || random.nextBoolean()) {
          one.task().dataOut(bench.buffer(data(one.bytes())));
        }
      }
    }

    private byte[] data(int bytes) {
      byte[] data = new byte[bytes];
      random.nextBytes(data);
      if (bytes >= 8 && random.nextInt(3) == 0) { // perhaps a list of port groups
        Cdb.put32(data, 4, random.nextBoolean() ? 1 : 258);
        return data;
      }
      if (bytes >= 8 && random.nextBoolean()) { // perhaps an UNMAP list
        Cdb.put16(data, 0, bytes - 2);
        Cdb.put16(data, 2, bytes - 8);
        for (int at = 8; at + 16 <= bytes; at += 16) {
          Cdb.put64(data, at, random.nextInt(Bench.BLOCKS));
          Cdb.put32(data, at + 8, random.nextInt(8));
        }
      }
      return data;
    }

    private void send() {
      byte[] cdb = new byte[LENGTHS[random.nextInt(LENGTHS.length)]];
      random.nextBytes(cdb);
      if (random.nextInt(5) > 0) {
        tame(cdb);
      }
      int expected = random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(40) * 100;
      Direction direction = pick(Direction.values());
      Nexus nexus = nexuses.get(random.nextInt(nexuses.size()));
      long lun = LUNS[random.nextInt(LUNS.length)];
      TaskAttribute attribute = pick(TaskAttribute.values());
      int tag = sent.size();
      Sent one = new Sent(nexus, lun, tag, new Outcome());
      sent.add(one);
      ScsiTask task =
          bench.device.begin(
              new ScsiCommand(nexus, lun, tag, cdb, attribute, expected, direction), one.outcome());
      assertThat(one.outcome().pending()).isTrue();
      if (task.dataOutBytes() > 0) {
        boolean writes = direction == Direction.WRITE || direction == Direction.BOTH;
        long out = writes ? Integer.toUnsignedLong(expected) : 0;
        collecting.add(new Collecting(task, one, (int) Math.min(task.dataOutBytes(), out)));
      }
    }

    /** Makes a descriptor block that has a chance to be accepted. */
    private void tame(byte[] cdb) {
      for (int i = 1; i < cdb.length; i++) {
        cdb[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(9) : 0);
      }
      cdb[0] = (byte) OPCODES[random.nextInt(OPCODES.length)];
      if (cdb[0] == (byte) 0x9e) {
        cdb[1] = (byte) (random.nextBoolean() ? 0x10 : 0x12);
      }
      if (cdb[0] == (byte) 0xa3 || cdb[0] == (byte) 0xa4) {
        cdb[1] = 0x0a;
        if (cdb.length >= 12) {
          Cdb.put32(cdb, 6, 4L * random.nextInt(4));
        }
      }
      if (cdb.length >= 16 && (cdb[0] == (byte) 0x88 || cdb[0] == (byte) 0x8a)) {
        Cdb.put64(cdb, 2, random.nextInt(40));
        Cdb.put32(cdb, 10, random.nextInt(16));
      }
    }

    private void manage() {
      Function function = pick(Function.values());
      Nexus nexus = nexuses.get(random.nextInt(nexuses.size()));
      long lun = LUNS[random.nextInt(LUNS.length)];
      int tag = sent.isEmpty() ? 0 : random.nextInt(sent.size());
      List<Sent> before = List.copyOf(sent);
      List<Response> answer = new ArrayList<>();
      answers.add(answer);
      bench.device.manage(
          function,
          nexus,
          lun,
          tag,
          response -> {
            answer.add(response);
            if (response == Response.FUNCTION_COMPLETE) {
              checkGone(function, nexus, lun, tag, before);
            }
          });
    }

    private static void checkGone(
        Function function, Nexus nexus, long lun, int tag, List<Sent> before) {
      for (Sent one : before) {
        boolean own = one.nexus() == nexus;
        boolean meant =
            switch (function) {
              case ABORT_TASK -> own && one.tag() == tag;
              case ABORT_TASK_SET -> own && one.lun() == lun;
              case CLEAR_TASK_SET, LOGICAL_UNIT_RESET -> one.lun() == lun;
              case TARGET_WARM_RESET -> true;
              case TARGET_COLD_RESET -> false;
            };
        assertThat(meant && one.outcome().pending()).isFalse();
      }
    }

    private void lose() {
      Nexus nexus = nexuses.remove(random.nextInt(nexuses.size()));
      if (nexuses.isEmpty()) {
        nexuses.add(bench.device.establish("the next one"));
      }
      lost++;
      bench.device.lose(
          nexus,
          () -> {
            lostDone++;
            assertThat(sent).noneMatch(one -> one.nexus() == nexus && one.outcome().pending());
          });
    }

    void finish() {
      bench.owner.runAll();
      while (!collecting.isEmpty()
          || bench.control.waiting() > 0
          || bench.volume.heldOperations() > 0
          || bench.second.heldOperations() > 0) {
        hand();
        bench.control.answer(pick(AccessControl.Verdict.values()));
        complete(bench.volume);
        complete(bench.second);
        bench.owner.runAll();
      }
      assertThat(sent).allMatch(one -> one.outcome().calls() == 1);
      assertThat(answers).allMatch(answer -> answer.size() == 1);
      assertThat(lostDone).isEqualTo(lost);
      assertThat(bench.buffersInUse()).isZero();
    }
  }

  @Property(tries = 400)
  void everythingEndsOnceAndNothingLeaks(@ForAll long seed) {
    Run run = new Run(seed);
    for (int i = 0; i < 300; i++) {
      run.step();
    }
    run.finish();
  }
}
