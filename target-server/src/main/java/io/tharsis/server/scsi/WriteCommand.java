package io.tharsis.server.scsi;

/** WRITE (6), (10), (12), (16), SBC-3 5.35 to 5.38. */
final class WriteCommand extends TransferCommand {

  WriteCommand(CdbFormat format) {
    super(format);
  }

  @Override
  Task begin(LogicalUnit unit, Arrival arrival, Transfer transfer) {
    int bytes = transfer.blocks() << BlockSize.LOGICAL_SHIFT;
    boolean forceUnitAccess = transfer.forceUnitAccess();
    long received = Math.min(bytes, arrival.expectedOut());
    return received % BlockSize.LOGICAL == 0
        ? new WriteTask(arrival, unit.volume(), transfer.lba(), bytes, forceUnitAccess)
        : new FragmentWriteTask(arrival, unit.volume(), transfer.lba(), bytes, forceUnitAccess);
  }
}
