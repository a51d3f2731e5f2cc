package io.tharsis.server.scsi;

/**
 * Logical unit numbers behind which there is nothing, SAM-5 5.9.4: three commands are answered all
 * the same, so that an initiator can find out.
 */
final class AbsentUnit {

  private static final byte[] SUPPORTED_VPD_PAGES = {0x7f, 0x00, 0x00, 0x01, 0x00};

  private final TaskSet tasks;
  private final ReportedLuns reportedLuns;
  private final byte[] standardInquiry = StandardInquiry.absent();

  AbsentUnit(TaskSet tasks, ReportedLuns reportedLuns) {
    this.tasks = tasks;
    this.reportedLuns = reportedLuns;
  }

  TaskSet tasks() {
    return tasks;
  }

  /** The verdict on a command. */
  Task judge(Arrival arrival) {
    if (tasks.isFullFor(arrival.nexus())) {
      return arrival.refuseForFullness();
    }
    byte[] cdb = arrival.cdb();
    return switch (cdb[0]) {
      case 0x03 -> StatusCommands.sense(arrival, Sense.LOGICAL_UNIT_NOT_SUPPORTED);
      case 0x12 -> inquiry(arrival);
      case (byte) 0xa0 ->
          cdb.length < CdbFormat.TWELVE.length()
              ? arrival.refuse(Sense.invalidField(cdb.length - 1))
              : reportedLuns.answer(arrival);
      default -> arrival.refuse(Sense.LOGICAL_UNIT_NOT_SUPPORTED);
    };
  }

  private Task inquiry(Arrival arrival) {
    byte[] cdb = arrival.cdb();
    int allocationLength = Cdb.u16(cdb, 3);
    if (cdb[2] != 0) {
      return arrival.refuse(Sense.invalidField(2));
    }
    return Cdb.bit(cdb, 1, 0)
        ? arrival.good(SUPPORTED_VPD_PAGES, allocationLength)
        : arrival.good(standardInquiry, allocationLength);
  }
}
