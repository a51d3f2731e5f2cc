package io.tharsis.server.scsi;

import io.tharsis.logfiles.volume.WriteCache;

/** READ (6), (10), (12), (16), SBC-3 5.14 to 5.17. DPO is a hint that is not used. */
final class ReadCommand implements CommandTable.Command {

  private final CdbFormat format;

  ReadCommand(CdbFormat format) {
    this.format = format;
  }

  @Override
  public Task begin(LogicalUnit unit, Arrival arrival) {
    byte[] cdb = arrival.cdb();
    boolean six = format == CdbFormat.SIX;
    if (!six && (cdb[1] & 0xe0) != 0) {
      return arrival.refuse(
          Sense.invalidField(1, 7)); // RDPROTECT: there is no protection information
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
    // what is read with FUA must be on the medium, which a write cache does not promise
    boolean flushFirst = forceUnitAccess && unit.volume().writeCache() == WriteCache.FLUSH;
    return new ReadTask(arrival, unit.volume(), lba, (int) blocks, flushFirst);
  }
}
