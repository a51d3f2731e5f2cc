package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.seam.Invariant;

/**
 * How new a content is that was read from a volume while the volume went on changing: between two
 * positions of the log, which are both durable.
 *
 * @param fromLsn every effect below it is in the content
 * @param toLsn no effect at or above it is in the content: the stamp of a sync
 */
public record ContentStamp(long fromLsn, long toLsn) {

  /** A stamp that can be. */
  public ContentStamp {
    Invariant.check(0 <= fromLsn && fromLsn <= toLsn, "stamp of a content", fromLsn, toLsn);
  }
}
