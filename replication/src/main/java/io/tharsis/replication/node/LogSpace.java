package io.tharsis.replication.node;

import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.seam.Async;

/**
 * The space of a log after some was given back. A value.
 *
 * @param givenBytes what was given back now
 * @param usedBytes what all logfiles take
 * @param heldBytes what of it is kept only for other members
 * @param unappliedBytes log that is not on this disk yet
 */
record LogSpace(long givenBytes, long usedBytes, long heldBytes, long unappliedBytes) {

  /** Gives back what nobody needs; on the log's owner. */
  static Async<LogSpace> giveBack(ReadableLog log) {
    return log.trimAll()
        .map(given ->
            new LogSpace(given, log.usedBytes(), log.heldBytes(), log.marks().backlogBytes()));
  }
}
