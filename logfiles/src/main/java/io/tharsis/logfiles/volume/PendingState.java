package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.StateSnapshot.VolumeState;
import io.tharsis.logfiles.log.Log;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A change of what the log keeps of a volume beside its content, on its way there.
 *
 * @param change of that volume's state, as it is when it is the change's turn
 */
record PendingState(
    LoggedResource resource,
    int volume,
    UnaryOperator<VolumeState> change,
    Operations.Operation done)
    implements PendingChange {

  @Override
  public boolean append() {
    Log log = resource.log();
    List<VolumeState> changed =
        log.state().volumes().stream()
            .map(state -> state.number() == volume ? change.apply(state) : state)
            .toList();
    if (!log.admit(log.stateBytes(changed))) {
      return false;
    }
    log.changeState(changed);
    long lsn = log.marks().appended();
    log.whenDurable(lsn, resource.answers().to(done, lsn));
    return true;
  }
}
