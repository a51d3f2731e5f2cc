package io.tharsis.server.scsi;

import io.tharsis.logfiles.volume.WriteCache;

/** READ (6), (10), (12), (16), SBC-3 5.14 to 5.17. */
final class ReadCommand extends TransferCommand {

  ReadCommand(CdbFormat format) {
    super(format);
  }

  @Override
  Task begin(LogicalUnit unit, Arrival arrival, Transfer transfer) {
    // what is read with FUA must be on the medium, which a write cache does not promise
    boolean flushFirst =
        transfer.forceUnitAccess() && unit.volume().writeCache() == WriteCache.FLUSH;
    return new ReadTask(arrival, unit.volume(), transfer.lba(), transfer.blocks(), flushFirst);
  }
}
