package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.StateSnapshot.VolumeState;
import io.tharsis.logfiles.log.Log;
import io.tharsis.logfiles.seam.Completion;
import java.util.List;

/** The larger size of a volume whose disk is ready for it, on its way into the log. */
record PendingSize(LoggedResource resource, int volume, long sizeBytes, Operations.Operation done)
    implements PendingChange {

  @Override
  public boolean append() {
    Log log = resource.log();
    List<VolumeState> changed =
        log.state().volumes().stream()
            .map(state -> state.number() == volume ? state.sized(sizeBytes) : state)
            .toList();
    if (!log.admit(log.stateBytes(changed))) {
      return false;
    }
    log.changeState(changed);
    log.whenDurable(
        log.marks().appended(),
        Completion.of(done::succeeded, cause -> done.failed(VolumeFault.LOG_STOPPED)));
    return true;
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
