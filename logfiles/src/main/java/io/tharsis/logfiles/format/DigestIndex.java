package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.util.List;
import java.util.Optional;

/**
 * The chain digest of one logfile at every MiB boundary of the stream that it crosses: over the
 * headers of all records that begin below the boundary. Two members whose digests at a boundary are
 * equal have the same history below it.
 *
 * @param firstLsn the first boundary, a multiple of {@link #STEP_BYTES}
 * @param digests at the first boundary and every one after it
 */
public record DigestIndex(long firstLsn, List<Digest> digests) {

  /** Bytes of the stream from one boundary to the next. */
  public static final int STEP_BYTES = 1 << 20;

  /** Most boundaries of one logfile: 128 GiB. */
  public static final int MAX_DIGESTS = 1 << 17;

  /** An index of boundaries that can be. */
  public DigestIndex {
    digests = List.copyOf(digests);
    Invariant.check(firstLsn > 0 && firstLsn % STEP_BYTES == 0, "digest boundary", firstLsn);
    Invariant.check(
        digests.size() <= MAX_DIGESTS
            && firstLsn <= Long.MAX_VALUE - (long) digests.size() * STEP_BYTES,
        "digests",
        digests.size());
  }

  /** A boundary and the digest there. */
  public record Mark(long lsn, Digest digest) {}

  /** The first boundary above {@code lsn}. */
  static long boundaryAbove(long lsn) {
    return (lsn / STEP_BYTES + 1) * STEP_BYTES;
  }

  /** The digest at the greatest boundary that is not above {@code lsn}, if the logfile has one. */
  public Optional<Mark> valueAt(long lsn) {
    if (lsn < firstLsn || digests.isEmpty()) {
      return Optional.empty();
    }
    int index = (int) Math.min((lsn - firstLsn) / STEP_BYTES, digests.size() - 1L);
    return Optional.of(new Mark(firstLsn + (long) index * STEP_BYTES, digests.get(index)));
  }
}
