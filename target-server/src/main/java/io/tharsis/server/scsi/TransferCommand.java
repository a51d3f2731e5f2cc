package io.tharsis.server.scsi;

/**
 * A READ or WRITE (6), (10), (12), (16): what their descriptor blocks have in common, SBC-3 5.14 to
 * 5.17 and 5.35 to 5.38, and the verdict on it. DPO is a hint that is not used.
 */
abstract class TransferCommand implements CommandTable.Command {

  private final CdbFormat format;

  TransferCommand(CdbFormat format) {
    this.format = format;
  }

  /**
   * What is to be moved; within the unit, and at least one block.
   *
   * @param forceUnitAccess the medium is to have it, not only a cache
   */
  record Transfer(long lba, int blocks, boolean forceUnitAccess) {}

  /** The task that moves it. */
  abstract Task begin(LogicalUnit unit, Arrival arrival, Transfer transfer);

  @Override
  public final Task begin(LogicalUnit unit, Arrival arrival) {
    byte[] cdb = arrival.cdb();
    boolean six = format == CdbFormat.SIX;
    if (!six && (cdb[1] & 0xe0) != 0) {
      // RDPROTECT or WRPROTECT: there is no protection information
      return arrival.refuse(Sense.invalidField(1, 7));
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
    boolean forceUnitAccess = !six && Cdb.bit(cdb, 1, 3);
    return begin(unit, arrival, new Transfer(lba, (int) blocks, forceUnitAccess));
  }
}
