package io.tharsis.server.scsi;

/** UNMAP, SBC-3 5.28. */
final class UnmapCommand implements CommandTable.Command {

  /** MAXIMUM UNMAP LBA COUNT of VPD page B0, over all descriptors of a command: 512 MiB. */
  static final int MAX_BLOCKS = 1 << 20;

  /** MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT of VPD page B0. */
  static final int MAX_DESCRIPTORS = 256;

  @Override
  public Task begin(LogicalUnit unit, Arrival arrival) {
    byte[] cdb = arrival.cdb();
    if (Cdb.bit(cdb, 1, 0)) {
      return arrival.refuse(Sense.invalidField(1, 0)); // ANCHOR: VPD page B2 says ANC_SUP=0
    }
    int listBytes = Cdb.u16(cdb, 7);
    if (listBytes == 0) {
      return arrival.good();
    }
    if (listBytes < UnmapTask.HEADER_BYTES) {
      return arrival.refuse(Sense.PARAMETER_LIST_LENGTH);
    }
    return new UnmapTask(arrival, unit, listBytes);
  }
}
