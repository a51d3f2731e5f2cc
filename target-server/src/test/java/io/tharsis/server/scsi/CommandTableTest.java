package io.tharsis.server.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Walks the whole table: what is built answers, everything else is refused as unknown. */
class CommandTableTest {

  private static final Set<Integer> BUILT =
      new TreeSet<>(
          Set.of(
              0x00, 0x03, 0x08, 0x0a, 0x12, 0x1a, 0x25, 0x28, 0x2a, 0x35, 0x42, 0x5a, 0x88, 0x8a,
              0x91, 0x9e, 0xa0, 0xa3, 0xa4, 0xa8, 0xaa));

  /** A service action of an operation code, 0 for those that have none. */
  private static int action(int opcode) {
    return switch (opcode) {
      case 0x9e -> 0x10;
      case 0xa3, 0xa4 -> 0x0a;
      default -> 0;
    };
  }

  @Test
  void everyOperationCodeAnswersAndOnlyWhatIsBuiltIsKnown() {
    for (int opcode = 0; opcode < 256; opcode++) {
      Bench bench = new Bench();
      byte[] cdb = new byte[16];
      cdb[0] = (byte) opcode;
      cdb[1] = (byte) action(opcode);
      cdb[2] = (byte) (opcode == 0x1a || opcode == 0x5a ? 0x3f : 0);
      Outcome outcome =
          bench.new Sending(cdb, ScsiCommand.Direction.BOTH, 65536).data(new byte[65536]).run();
      String expected = BUILT.contains(opcode) ? "GOOD" : "5/20/00";
      assertThat(outcome.verdict()).as("operation code %02x", opcode).isEqualTo(expected);
      assertThat(bench.buffersInUse()).isZero();
    }
  }

  @Test
  void everyServiceActionAnswers() {
    Map<Integer, Set<Integer>> built =
        Map.of(0x9e, Set.of(0x10, 0x12), 0xa3, Set.of(0x0a), 0xa4, Set.of(0x0a));
    for (int opcode : built.keySet()) {
      for (int action = 0; action < 32; action++) {
        Bench bench = new Bench();
        byte[] cdb = new byte[16];
        cdb[0] = (byte) opcode;
        cdb[1] = (byte) action;
        assertThat(bench.new Sending(cdb, ScsiCommand.Direction.READ, 32).run().verdict())
            .as("%02x/%02x", opcode, action)
            .isEqualTo(built.get(opcode).contains(action) ? "GOOD" : "5/24/00");
      }
    }
  }

  @Test
  void descriptorBlocksThatAreTooShortAreRefused() {
    Bench bench = new Bench();
    for (int opcode : BUILT) {
      CommandTable.Row row =
          CommandTable.standard().find(new byte[] {(byte) opcode, (byte) action(opcode)});
      for (int length = 6; length < row.format().length(); length++) {
        byte[] cdb = new byte[length];
        cdb[0] = (byte) opcode;
        cdb[1] = (byte) action(opcode);
        for (long lun : new long[] {0, Bench.LUN_1}) {
          Outcome outcome = bench.new Sending(cdb, ScsiCommand.Direction.READ, 512).lun(lun).run();
          assertThat(outcome.verdict()).isIn(lun == 0 || opcode == 0xa0 ? "5/24/00" : "5/25/00");
        }
      }
    }
  }

  @Test
  void everyRowHasItsControlByteChecked() {
    Bench bench = new Bench();
    for (int opcode : BUILT) {
      byte[] cdb = new byte[16];
      cdb[0] = (byte) opcode;
      cdb[1] = (byte) action(opcode);
      int control = CommandTable.standard().find(cdb).format().controlAt();
      cdb[control] = 4;
      Outcome outcome = bench.new Sending(cdb, ScsiCommand.Direction.READ, 512).run();
      assertThat(outcome.pointer()).isEqualTo("cdb " + control + ".2");
    }
  }
}
