package io.tharsis.server.scsi;

/** The commands about target port groups, SPC-4 5.15. */
final class PortGroupCommands {

  private PortGroupCommands() {}

  /** REPORT TARGET PORT GROUPS, SPC-4 6.37. */
  static Task report(LogicalUnit unit, Arrival arrival) {
    byte[] cdb = arrival.cdb();
    long allocationLength = Cdb.u32(cdb, 6);
    PortGroupReport report = unit.ports().report();
    return switch (Cdb.u8(cdb, 1) >> 5) { // PARAMETER DATA FORMAT
      case 0 -> arrival.good(report.lengthOnly(), allocationLength);
      case 1 -> arrival.good(report.extended(), allocationLength);
      default -> arrival.refuse(Sense.invalidField(1, 7));
    };
  }

  /** SET TARGET PORT GROUPS, SPC-4 6.45. */
  static Task set(LogicalUnit unit, Arrival arrival) {
    if (!unit.ports().port().control().isExplicit()) {
      return arrival.refuse(Sense.invalidField(1, 4)); // no such service action, as TPGS says
    }
    long listBytes = Cdb.u32(arrival.cdb(), 6);
    if (listBytes == 0) {
      return arrival.good();
    }
    if (!SetPortGroupsTask.isList(listBytes)) {
      return arrival.refuse(Sense.PARAMETER_LIST_LENGTH);
    }
    return new SetPortGroupsTask(arrival, unit, (int) listBytes);
  }
}
