package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.RecordSeed;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Invariant;

/**
 * One logfile that has been begun: its header is (about to be) durable. Belongs to the log's owner.
 * It is recycled only when it is closed, summarized, below the checkpoint and not pinned by any
 * reader.
 */
public final class Logfile {

  private final String name;
  private final LogfileHeader header;
  private final Disk disk;
  private final RecordSeed seed;
  private long endLsn = -1;
  private boolean summarized;
  private int pins;

  Logfile(String name, LogfileHeader header, Disk disk) {
    this.name = name;
    this.header = header;
    this.disk = disk;
    this.seed = header.seed();
  }

  String name() {
    return name;
  }

  LogfileHeader header() {
    return header;
  }

  RecordSeed seed() {
    return seed;
  }

  long number() {
    return header.number();
  }

  /** Where its bytes are. */
  public Disk disk() {
    return disk;
  }

  /** LSN of its first record. */
  public long baseLsn() {
    return header.baseLsn();
  }

  /** One past the last LSN that fits. */
  long capacityLsn() {
    return baseLsn() + disk.sizeBytes() - LogfileHeader.BYTES;
  }

  /** Whether nothing is appended to it any more. */
  boolean isClosed() {
    return endLsn >= 0;
  }

  /** One past its last byte of log; as far as it could go while it is open. */
  public long endLsn() {
    return isClosed() ? endLsn : capacityLsn();
  }

  void close(long end) {
    Invariant.check(!isClosed(), "closed once", number());
    Invariant.check(baseLsn() <= end && end <= capacityLsn(), "end inside the file", end);
    endLsn = end;
  }

  boolean isSummarized() {
    return summarized;
  }

  void summarized() {
    summarized = true;
  }

  boolean contains(long lsn) {
    return baseLsn() <= lsn && lsn < endLsn();
  }

  /** File offset of a position of the log. */
  public long fileOffset(long lsn) {
    Invariant.check(contains(lsn), "position inside the file", lsn, baseLsn());
    return LogfileHeader.BYTES + lsn - baseLsn();
  }

  void pin() {
    pins++;
  }

  void unpin() {
    Invariant.check(pins > 0, "unpinned as often as pinned", number());
    pins--;
  }

  boolean isPinned() {
    return pins > 0;
  }

  @Override
  public String toString() {
    return name;
  }
}
