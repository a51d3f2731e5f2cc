package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.format.Summarizer;
import io.tharsis.logfiles.format.Summary;
import java.util.List;
import java.util.Optional;

/**
 * What recovery found and made sure of: everything below {@code endLsn} is durable.
 *
 * @param files logfiles that hold log, oldest first, all closed; the newest is open if the log is
 *     to be received
 * @param summaries of those of them that could be scanned from their beginning
 * @param spares files that hold nothing
 * @param endLsn where the log ends and the next epoch begins, on a block boundary
 * @param predecessor end and chain digest for the header of the next logfile
 * @param hybridTime the greatest time in the log
 * @param state the newest state snapshot
 * @param sealed whether the log was closed in order
 * @param newest digest and summary of the newest logfile so far, unless damage hides them
 * @param soundLsn below it, and below the checkpoint, there is damaged log: the disks have it
 */
record Recovered(
    List<Logfile> files,
    List<Summary> summaries,
    List<LogDirectory.Spare> spares,
    long endLsn,
    LogfileHeader.Predecessor predecessor,
    long hybridTime,
    Optional<StateSnapshot> state,
    boolean sealed,
    Optional<Summarizer> newest,
    long soundLsn) {

  /** Highest number of a logfile that was begun; 0 if there is none. */
  long highestNumber() {
    return files.isEmpty() ? 0 : files.getLast().number();
  }
}
