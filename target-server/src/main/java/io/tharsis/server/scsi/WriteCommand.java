package io.tharsis.server.scsi;

/** WRITE (6), (10), (12), (16), SBC-3 5.35 to 5.38. DPO is a hint that is not used. */
final class WriteCommand implements CommandTable.Command {

  private final CdbFormat format;

  WriteCommand(CdbFormat format) {
    this.format = format;
  }

  @Override
  public Task begin(LogicalUnit unit, Arrival arrival) {
    byte[] cdb = arrival.cdb();
    boolean six = format == CdbFormat.SIX;
    if (!six && (cdb[1] & 0xe0) != 0) {
      return arrival.refuse(
          Sense.invalidField(1, 7)); // WRPROTECT: there is no protection information
    }
    long lba = format.lba(cdb);
    long blocks = format.blocks(cdb);
    if (!TransferCheck.inRange(lba, blocks, unit.blocks())) {
      return arrival.refuse(Sense.LBA_OUT_OF_RANGE);
    }
    if (blocks > TransferCheck.MAX_BLOCKS) {
      return arrival.refuse(Sense.invalidField(format.blocksAt()));
    }
    if (blocks == 0) {
      return arrival.good();
    }
    int bytes = (int) blocks << BlockSize.LOGICAL_SHIFT;
    boolean forceUnitAccess = !six && Cdb.bit(cdb, 1, 3);
    long received = Math.min(bytes, arrival.expectedOut());
    return received % BlockSize.LOGICAL == 0
        ? new WriteTask(arrival, unit.volume(), lba, bytes, forceUnitAccess)
        : new FragmentWriteTask(arrival, unit.volume(), lba, bytes, forceUnitAccess);
  }
}
