package io.tharsis.server.scsi;

import io.netty.buffer.ByteBuf;
import io.tharsis.logfiles.volume.Ticket;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;

/** Writes the whole blocks that the initiator sent, which may be fewer than it asked for. */
final class WriteTask extends Task implements VolumeCompletion {

  private final Volume volume;
  private final long lba;
  private final boolean forceUnitAccess;
  private Ticket ticket = () -> false;

  WriteTask(Arrival arrival, Volume volume, long lba, int bytes, boolean forceUnitAccess) {
    super(arrival, arrival.order(), bytes);
    this.volume = volume;
    this.lba = lba;
    this.forceUnitAccess = forceUnitAccess;
  }

  @Override
  long bufferBytes() {
    return dataOutBytes();
  }

  @Override
  void start() {
    ByteBuf from = data();
    int bytes = Math.min(from.readableBytes(), dataOutBytes()) & -BlockSize.LOGICAL;
    if (bytes == 0) {
      post(Results.GOOD);
    } else {
      ticket =
          volume.write(
              lba << BlockSize.LOGICAL_SHIFT,
              from.nioBuffer(from.readerIndex(), bytes),
              forceUnitAccess,
              this);
    }
  }

  @Override
  boolean withdraw() {
    return ticket.cancel();
  }

  @Override
  public void succeeded() {
    end(Results.GOOD);
  }

  @Override
  public void failed(VolumeFault fault) {
    end(Results.checkCondition(Sense.of(fault, lba)));
  }
}
