package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.log.Log;
import io.tharsis.logfiles.seam.Completion;
import java.util.List;

/** A change of what the SCSI side wants kept, on its way into the log. */
record PendingState(LoggedResource resource, int volume, Blob scsi, Operations.Operation done)
    implements PendingChange {

  @Override
  public boolean append() {
    Log log = resource.log();
    List<StateSnapshot.VolumeState> changed =
        log.state().volumes().stream().map(this::change).toList();
    if (!log.admit(log.stateBytes(changed))) {
      return false;
    }
    log.changeState(changed);
    log.whenDurable(
        log.marks().appended(),
        Completion.of(done::succeeded, cause -> done.failed(VolumeFault.LOG_STOPPED)));
    return true;
  }

  private StateSnapshot.VolumeState change(StateSnapshot.VolumeState before) {
    return before.number() == volume
        ? new StateSnapshot.VolumeState(
            before.number(), before.id(), before.sizeBytes(), before.writeCacheEnabled(), scsi)
        : before;
  }

  @Override
  public boolean hasBegun() {
    return false;
  }

  @Override
  public void drop() {
    done.drop();
  }

  @Override
  public void fail(VolumeFault fault) {
    done.failed(fault);
  }
}
