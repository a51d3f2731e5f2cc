package io.tharsis.server.scsi;

import io.tharsis.logfiles.seam.Invariant;
import java.util.Arrays;

/**
 * Every command that exists here, one row each; what has no row is refused. Found by array index:
 * operation code, then service action for the codes that have several.
 */
final class CommandTable {

  /** Decides what becomes of a command whose form is right. */
  @FunctionalInterface
  interface Command {
    Task begin(LogicalUnit unit, Arrival arrival);
  }

  /** What can be in a command's way, whatever it asks for. */
  enum Gate {
    /** Nothing: INQUIRY, REPORT LUNS and REQUEST SENSE, SAM-5 5.14.3. */
    OPEN,
    /** A pending unit attention; the commands about port groups are how one gets out of a state. */
    ATTENTION,
    /** A pending unit attention, and a port that is unavailable (SPC-4 5.15.2.4.5). */
    MEDIUM
  }

  /**
   * @param format where the fields of the descriptor block are
   * @param supported false for the two rows that stand for everything else
   * @param gate what the command has to pass
   * @param command what is done
   */
  record Row(CdbFormat format, boolean supported, Gate gate, Command command) {}

  private static final int SERVICE_ACTIONS = 32;

  private final Row[][] rows = new Row[256][];

  private CommandTable() {
    Row unsupported =
        new Row(CdbFormat.SIX, false, Gate.ATTENTION, (unit, a) -> a.refuse(Sense.INVALID_OPCODE));
    Arrays.fill(rows, new Row[] {unsupported});
  }

  /** The commands of SPC-4 and SBC-3 that a disk of ours has. */
  static CommandTable standard() {
    CommandTable t = new CommandTable();
    t.row(0x00, CdbFormat.SIX, (unit, arrival) -> arrival.good());
    t.openRow(0x03, CdbFormat.SIX, StatusCommands::requestSense);
    t.row(0x08, CdbFormat.SIX, new ReadCommand(CdbFormat.SIX));
    t.row(0x0a, CdbFormat.SIX, new WriteCommand(CdbFormat.SIX));
    t.openRow(0x12, CdbFormat.SIX, StatusCommands::inquiry);
    t.row(0x1a, CdbFormat.SIX, new ModeSenseCommand(CdbFormat.SIX));
    t.row(0x25, CdbFormat.TEN, StatusCommands::readCapacity10);
    t.row(0x28, CdbFormat.TEN, new ReadCommand(CdbFormat.TEN));
    t.row(0x2a, CdbFormat.TEN, new WriteCommand(CdbFormat.TEN));
    t.row(0x35, CdbFormat.TEN, new SynchronizeCacheCommand(CdbFormat.TEN));
    t.row(0x42, CdbFormat.TEN, new UnmapCommand());
    t.row(0x5a, CdbFormat.TEN, new ModeSenseCommand(CdbFormat.TEN));
    t.row(0x88, CdbFormat.SIXTEEN, new ReadCommand(CdbFormat.SIXTEEN));
    t.row(0x8a, CdbFormat.SIXTEEN, new WriteCommand(CdbFormat.SIXTEEN));
    t.row(0x91, CdbFormat.SIXTEEN, new SynchronizeCacheCommand(CdbFormat.SIXTEEN));
    t.serviceAction(0x9e, 0x10, CdbFormat.SIXTEEN, Gate.MEDIUM, StatusCommands::readCapacity16);
    t.serviceAction(0x9e, 0x12, CdbFormat.SIXTEEN, Gate.MEDIUM, new GetLbaStatusCommand());
    t.openRow(0xa0, CdbFormat.TWELVE, StatusCommands::reportLuns);
    t.serviceAction(0xa3, 0x0a, CdbFormat.TWELVE, Gate.ATTENTION, PortGroupCommands::report);
    t.serviceAction(0xa4, 0x0a, CdbFormat.TWELVE, Gate.ATTENTION, PortGroupCommands::set);
    t.row(0xa8, CdbFormat.TWELVE, new ReadCommand(CdbFormat.TWELVE));
    t.row(0xaa, CdbFormat.TWELVE, new WriteCommand(CdbFormat.TWELVE));
    return t;
  }

  /** The row for a descriptor block; there always is one. */
  Row find(byte[] cdb) {
    Row[] candidates = rows[Cdb.u8(cdb, 0)];
    return candidates.length == 1 ? candidates[0] : candidates[cdb[1] & SERVICE_ACTIONS - 1];
  }

  private void row(int opcode, CdbFormat format, Command command) {
    put(opcode, new Row(format, true, Gate.MEDIUM, command));
  }

  private void openRow(int opcode, CdbFormat format, Command command) {
    put(opcode, new Row(format, true, Gate.OPEN, command));
  }

  private void put(int opcode, Row row) {
    Invariant.check(!rows[opcode][0].supported(), "one row per operation code", opcode);
    rows[opcode] = new Row[] {row};
  }

  private void serviceAction(int opcode, int action, CdbFormat format, Gate gate, Command command) {
    if (rows[opcode].length == 1) {
      Row unsupported =
          new Row(format, false, Gate.ATTENTION, (unit, a) -> a.refuse(Sense.invalidField(1, 4)));
      Row[] actions = new Row[SERVICE_ACTIONS];
      Arrays.fill(actions, unsupported);
      rows[opcode] = actions;
    }
    Invariant.check(
        !rows[opcode][action].supported(), "one row per service action", opcode, action);
    rows[opcode][action] = new Row(format, true, gate, command);
  }
}
