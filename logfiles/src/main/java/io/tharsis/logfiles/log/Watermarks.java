package io.tharsis.logfiles.log;

import io.tharsis.logfiles.seam.Invariant;

/**
 * The positions that say how far a log and its disks have come. Always {@code retained <=
 * checkpoint <= horizon <= durable <= written <= appended}; a call that would break that stops the
 * resource. Belongs to the log's owner.
 */
public final class Watermarks {

  private long retained;
  private long checkpoint;
  private long horizon;
  private long durable;
  private long written;
  private long appended;

  /** Watermarks of a log that was recovered up to {@code durable}. */
  Watermarks(long retained, long checkpoint, long horizon, long durable) {
    this.retained = retained;
    this.checkpoint = checkpoint;
    this.horizon = horizon;
    this.durable = durable;
    this.written = durable;
    this.appended = durable;
    check();
  }

  /** The log is still there from here on. */
  public long retained() {
    return retained;
  }

  /** Every effect below has been applied and synced to the disks. */
  public long checkpoint() {
    return checkpoint;
  }

  /** No effect at or above has been put on a disk; durable before the disks are touched. */
  public long horizon() {
    return horizon;
  }

  /** Every record below is on stable storage. */
  public long durable() {
    return durable;
  }

  /** Every record below has been handed to the host, which may still lose it in a power cut. */
  public long written() {
    return written;
  }

  /** Where the next record goes. */
  public long appended() {
    return appended;
  }

  /** Durable log that the disks do not have yet, in bytes. */
  public long backlogBytes() {
    return appended - checkpoint;
  }

  void advanceRetained(long lsn) {
    advance(retained, lsn, "retained");
    retained = lsn;
    check();
  }

  public void advanceCheckpoint(long lsn) {
    advance(checkpoint, lsn, "checkpoint");
    checkpoint = lsn;
    check();
  }

  public void advanceHorizon(long lsn) {
    advance(horizon, lsn, "horizon");
    horizon = lsn;
    check();
  }

  void advanceDurable(long lsn) {
    advance(durable, lsn, "durable");
    durable = lsn;
    check();
  }

  void advanceWritten(long lsn) {
    advance(written, lsn, "written");
    written = lsn;
    check();
  }

  void advanceAppended(long lsn) {
    advance(appended, lsn, "appended");
    appended = lsn;
    check();
  }

  private static void advance(long from, long to, String which) {
    if (to < from) {
      throw new Invariant.Broken(which + " went back from " + from + " to " + to);
    }
  }

  private void check() {
    if (!(retained <= checkpoint
        && checkpoint <= horizon
        && horizon <= durable
        && durable <= written
        && written <= appended)) {
      throw new Invariant.Broken("watermarks out of order: " + this);
    }
  }

  @Override
  public String toString() {
    return "retained %d, checkpoint %d, horizon %d, durable %d, written %d, appended %d"
        .formatted(retained, checkpoint, horizon, durable, written, appended);
  }
}
