package io.tharsis.server.scsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import java.util.Optional;

/**
 * Reads blocks into one buffer. Its length is what the descriptor block asks for, so that the
 * transport can tell the residual; but what the initiator does not expect is not read from the
 * volume, it is zeros.
 */
final class ReadTask extends Task implements VolumeCompletion {

  private final Volume volume;
  private final long lba;
  private final int bytes;
  private boolean flushFirst;
  private ByteBuf into = Unpooled.EMPTY_BUFFER;

  ReadTask(Arrival arrival, Volume volume, long lba, int blocks, boolean flushFirst) {
    super(arrival, arrival.order(), 0);
    this.volume = volume;
    this.lba = lba;
    this.bytes = blocks << BlockSize.LOGICAL_SHIFT;
    this.flushFirst = flushFirst;
  }

  @Override
  long bufferBytes() {
    return bytes;
  }

  @Override
  void start() {
    if (flushFirst) {
      volume.flush(this);
      return;
    }
    int wanted =
        (int)
            Math.min(bytes, -(-expectedIn() >> BlockSize.LOGICAL_SHIFT) << BlockSize.LOGICAL_SHIFT);
    Optional<ByteBuf> allocated = allocate(bytes);
    if (allocated.isEmpty()) {
      return;
    }
    into = allocated.get();
    into.setZero(wanted, bytes - wanted).writerIndex(bytes);
    if (wanted == 0) {
      post(Results.good(into));
    } else {
      volume.read(lba << BlockSize.LOGICAL_SHIFT, into.internalNioBuffer(0, wanted), this);
    }
  }

  @Override
  boolean withdraw() {
    boolean withdrawn = volume.withdraw(this);
    if (withdrawn) {
      into.release();
    }
    return withdrawn;
  }

  @Override
  public void succeeded() {
    if (flushFirst && state() == State.RUNNING) {
      flushFirst = false;
      start();
    } else {
      end(Results.good(into));
    }
  }

  @Override
  public void failed(VolumeFault fault) {
    into.release();
    end(Results.checkCondition(Sense.of(fault, lba)));
  }
}
