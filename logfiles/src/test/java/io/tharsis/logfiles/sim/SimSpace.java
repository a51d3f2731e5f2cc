package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.seam.Invariant;

/** The free space of a simulated file system, shared by the files on it. */
public final class SimSpace {

  private long limitBytes;
  private long usedBytes;
  private long foreignBytes;

  SimSpace(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** Changes the size of the file system. */
  public void limit(long bytes) {
    limitBytes = bytes;
  }

  /** What our files use. */
  public long usedBytes() {
    return usedBytes;
  }

  /** A foreign file takes all but {@code leftBytes} of what is free now. */
  public void fillAllBut(long leftBytes) {
    foreignBytes += Math.max(0, freeBytes() - leftBytes);
  }

  /** The foreign files go away. */
  public void removeForeign() {
    foreignBytes = 0;
  }

  /** What a file could still take. */
  public long freeBytes() {
    return Math.max(0, limitBytes - usedBytes - foreignBytes);
  }

  boolean take(long bytes) {
    if (bytes > freeBytes()) {
      return false;
    }
    usedBytes += bytes;
    return true;
  }

  /** Space that was given back and is in use again after a crash. */
  void takeBack(long bytes) {
    usedBytes += bytes;
  }

  void give(long bytes) {
    usedBytes -= bytes;
    Invariant.check(usedBytes >= 0, "more space given back than taken", usedBytes);
  }
}
