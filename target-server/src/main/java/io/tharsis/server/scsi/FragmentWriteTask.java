package io.tharsis.server.scsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tharsis.logfiles.volume.Ticket;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import java.util.Optional;

/**
 * A write whose initiator announced fewer bytes than its descriptor block asks for, and not whole
 * blocks: exactly the bytes that came are written (FCP-4 9.4.2, which iSCSI follows), the rest of
 * the last block keeps what it holds. That takes a read before the write; the task is ordered, so
 * that no other command's write can fall between the two and be lost.
 */
final class FragmentWriteTask extends Task implements VolumeCompletion {

  private final Volume volume;
  private final long lba;
  private final boolean forceUnitAccess;
  private boolean writing;
  private Ticket ticket = () -> false;
  private ByteBuf blocks = Unpooled.EMPTY_BUFFER;

  FragmentWriteTask(Arrival arrival, Volume volume, long lba, int bytes, boolean forceUnitAccess) {
    super(arrival, TaskOrder.ORDERED, bytes);
    this.volume = volume;
    this.lba = lba;
    this.forceUnitAccess = forceUnitAccess;
  }

  @Override
  long bufferBytes() {
    return 2L * dataOutBytes();
  }

  @Override
  void start() {
    int whole = data().readableBytes() & -BlockSize.LOGICAL;
    int length = whole + BlockSize.LOGICAL;
    Optional<ByteBuf> allocated = allocate(length);
    if (allocated.isEmpty()) {
      return;
    }
    blocks = allocated.get().writerIndex(length);
    volume.read(
        (lba << BlockSize.LOGICAL_SHIFT) + whole, blocks.nioBuffer(whole, BlockSize.LOGICAL), this);
  }

  @Override
  public void succeeded() {
    if (writing || state() == State.ABORTING) {
      blocks.release();
      end(Results.GOOD);
      return;
    }
    writing = true;
    blocks.setBytes(0, data(), data().readerIndex(), data().readableBytes());
    ticket =
        volume.write(
            lba << BlockSize.LOGICAL_SHIFT,
            blocks.nioBuffer(0, blocks.readableBytes()),
            forceUnitAccess,
            this);
  }

  @Override
  boolean withdraw() {
    boolean withdrawn = writing ? ticket.cancel() : volume.withdraw(this);
    if (withdrawn) {
      blocks.release();
    }
    return withdrawn;
  }

  @Override
  public void failed(VolumeFault fault) {
    blocks.release();
    end(Results.checkCondition(Sense.of(fault, lba)));
  }
}
