package io.tharsis.server.scsi;

import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;

/**
 * SYNCHRONIZE CACHE (10) and (16), SBC-3 5.26 and 5.27. The whole volume is flushed whatever range
 * is named, and with IMMED=1 too GOOD comes only when that is done: what it says is then true.
 */
final class SynchronizeCacheCommand implements CommandTable.Command {

  private final CdbFormat format;

  SynchronizeCacheCommand(CdbFormat format) {
    this.format = format;
  }

  @Override
  public Task begin(LogicalUnit unit, Arrival arrival) {
    long lba = format.lba(arrival.cdb());
    if (!TransferCheck.inRange(lba, format.blocks(arrival.cdb()), unit.blocks())) {
      return arrival.refuse(Sense.LBA_OUT_OF_RANGE);
    }
    return new FlushTask(arrival, unit.volume(), lba);
  }

  private static final class FlushTask extends Task implements VolumeCompletion {

    private final Volume volume;
    private final long lba;

    FlushTask(Arrival arrival, Volume volume, long lba) {
      super(arrival, arrival.order(), 0);
      this.volume = volume;
      this.lba = lba;
    }

    @Override
    long bufferBytes() {
      return 0;
    }

    @Override
    void start() {
      volume.flush(this);
    }

    @Override
    boolean withdraw() {
      return volume.withdraw(this);
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
}
