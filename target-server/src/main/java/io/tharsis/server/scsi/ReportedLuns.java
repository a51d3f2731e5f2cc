package io.tharsis.server.scsi;

import java.nio.ByteBuffer;
import org.jscsi.target.scsi.lun.LogicalUnitNumber;
import org.jscsi.target.scsi.lun.ReportLunsParameterData;

/** REPORT LUNS, SPC-4 6.33: its parameter data, which is the same for every logical unit. */
final class ReportedLuns {

  private final byte[] all;
  private final byte[] none = new byte[8];

  /**
   * @param numbers of the volumes, ascending
   */
  ReportedLuns(int[] numbers) {
    LogicalUnitNumber[] luns = new LogicalUnitNumber[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      luns[i] = new LogicalUnitNumber(LunAddress.of(numbers[i]));
    }
    ReportLunsParameterData data = new ReportLunsParameterData(luns);
    all = new byte[data.size()];
    data.serialize(ByteBuffer.wrap(all), 0);
  }

  /** The answer to the command, which may come to any logical unit number. */
  Task answer(Arrival arrival) {
    byte[] cdb = arrival.cdb();
    long allocationLength = Cdb.u32(cdb, 6);
    return switch (cdb[2]) { // SELECT REPORT
      case 0x00, 0x02 -> arrival.good(all, allocationLength);
      case 0x01 -> arrival.good(none, allocationLength); // well known logical units: we have none
      default -> arrival.refuse(Sense.invalidField(2));
    };
  }
}
