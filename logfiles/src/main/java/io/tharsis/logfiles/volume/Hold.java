package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Range;

/**
 * Keeps the Applier off a range of a volume, so that somebody else may put a newer content of it on
 * the disk: from when it is granted until it is released, nothing of the log reaches that range.
 * Belongs to whoever asked for it, who releases it once, soon, whatever happens; used on the
 * resource's owner.
 */
public final class Hold {

  private final Holds holds;
  private final int volume;
  private final Range range;
  private final long checkpointLsn;
  private boolean released;

  Hold(Holds holds, int volume, Range range, long checkpointLsn) {
    this.holds = holds;
    this.volume = volume;
    this.range = range;
    this.checkpointLsn = checkpointLsn;
  }

  /** The volume it is about. */
  public int volume() {
    return volume;
  }

  /** The range that is held. */
  public Range range() {
    return range;
  }

  /**
   * The checkpoint when it was granted: every effect below is on the range already and will not be
   * put there again, so that a content for it must not be older.
   */
  public long checkpointLsn() {
    return checkpointLsn;
  }

  /** Lets the Applier go on. */
  public void release() {
    Invariant.check(!released, "a hold is released once", volume, range);
    released = true;
    holds.released(this);
  }

  boolean isReleased() {
    return released;
  }

  boolean covers(int otherVolume, Range other) {
    return volume == otherVolume && range.from() < other.to() && other.from() < range.to();
  }
}
