package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The chain digest of a logfile while it grows: SHA-256 over the predecessor's digest and the
 * header of every record, in order. Headers hold the checksums of the payloads, so equal digests at
 * equal LSNs mean equal histories (as far as accidents go, not attackers). Owned by whoever appends
 * or scans.
 */
public final class ChainDigest {

  private final MessageDigest sha = DiskStamp.sha256();
  private final long firstBoundary;
  private final List<Digest> boundaries = new ArrayList<>();
  private long endLsn;

  /**
   * The digest of a logfile without records yet.
   *
   * @param predecessor digest at the end of the logfile before, {@link Digest#NONE} for the first
   */
  public ChainDigest(Digest predecessor, long baseLsn) {
    sha.update(predecessor.bytes());
    firstBoundary = DigestIndex.boundaryAbove(baseLsn);
    endLsn = baseLsn;
  }

  /** The record that was written last, which begins where the one before ended. */
  public void add(RecordWriter written) {
    add(written.lsn(), written.image(), RecordHeader.BYTES, written.totalBytes());
  }

  /** The record that was decoded last, which begins where the one before ended. */
  public void add(RecordView read) {
    add(read.lsn(), read.image(), read.headerBytes(), read.totalBytes());
  }

  /** Where the last record ended. */
  public long endLsn() {
    return endLsn;
  }

  /** The digest up to {@link #endLsn}. */
  public Digest value() {
    try {
      byte[] bytes = new byte[Digest.BYTES];
      ((MessageDigest) sha.clone()).digest(bytes, 0, bytes.length);
      return Digest.of(bytes);
    } catch (CloneNotSupportedException | DigestException e) {
      throw new IllegalStateException("SHA-256 of this platform cannot be continued", e);
    }
  }

  /** The digests at the boundaries crossed so far. */
  public DigestIndex index() {
    return new DigestIndex(firstBoundary, boundaries);
  }

  private void add(long lsn, byte[] image, int headerBytes, int totalBytes) {
    Invariant.check(lsn == endLsn, "digest of a record out of order", lsn, endLsn);
    sha.update(image, 0, headerBytes);
    endLsn += totalBytes;
    long next = firstBoundary + (long) boundaries.size() * DigestIndex.STEP_BYTES;
    if (next <= endLsn) {
      Digest digest = value();
      for (; next <= endLsn; next += DigestIndex.STEP_BYTES) {
        boundaries.add(digest);
      }
    }
  }
}
