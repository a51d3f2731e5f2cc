package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.StateSnapshot;
import java.util.Optional;

/**
 * How far a log goes, durably, that is to be received from there on.
 *
 * @param tail the newest logfile as far as it goes; empty if there is none
 * @param file the same, if it is not closed
 * @param hybridTime the greatest time in the log
 * @param state the newest state of the volumes; empty if nothing was received yet
 */
record ReceivedEnd(
    Optional<ReceivedTail> tail,
    Optional<Logfile> file,
    long hybridTime,
    Optional<StateSnapshot> state) {

  static ReceivedEnd of(Recovered recovered) {
    Optional<Logfile> newest =
        recovered.files().isEmpty() ? Optional.empty() : Optional.of(recovered.files().getLast());
    return new ReceivedEnd(
        newest.map(file -> new ReceivedTail(file.header(), recovered.newest(), recovered.endLsn())),
        newest.filter(file -> !file.isClosed()),
        recovered.hybridTime(),
        recovered.state());
  }
}
