package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.RecordVerdict;
import io.tharsis.logfiles.format.RecordView;
import io.tharsis.logfiles.seam.Async;
import java.nio.ByteBuffer;

/**
 * Finds where a received logfile can be continued: behind the last whole group that ends on a
 * log-block boundary. Nothing may be padded there, the bytes are another member's; what is cut is
 * fetched again. Belongs to {@link Recovery}.
 *
 * <p>What its records say of durability is about the member that wrote them: here, one write may
 * carry a record and the proof that it was durable there, and be torn in between.
 */
final class TailSearch implements LogfileScan.Sink {

  private final LogCandidates.Begun begun;
  private final long checkpointLsn;
  private long boundary;

  TailSearch(LogCandidates.Begun begun, long checkpointLsn) {
    this.begun = begun;
    this.checkpointLsn = checkpointLsn;
    this.boundary = begun.header().baseLsn();
  }

  /** Gives the boundary; the base LSN if there is none above it. */
  Async<Long> run(long limit) {
    return searchFrom(begun.header().baseLsn(), limit);
  }

  private Async<Long> searchFrom(long from, long limit) {
    return new LogfileScan(begun.header(), begun.disk(), this)
        .walk(from, limit)
        .then(end -> {
          if (end.damage().filter(TailSearch::isBeyondUs).isPresent()) {
            return Async.failed(beyondUs(end));
          }
          // History that the disks have already is passed over, as recovery will do.
          boolean history = end.damage().isPresent() && end.lsn() < checkpointLsn;
          if (!history) {
            return Async.of(boundary);
          }
          if (checkpointLsn >= limit) {
            return Async.of(limit);
          }
          long next = end.behindDamage().filter(lsn -> lsn <= checkpointLsn).orElse(checkpointLsn);
          return searchFrom(next, limit);
        });
  }

  /** Sound, but not to be read by this program. */
  static boolean isBeyondUs(RecordVerdict verdict) {
    return verdict == RecordVerdict.UNKNOWN_TYPE
        || verdict == RecordVerdict.UNKNOWN_FLAG
        || verdict == RecordVerdict.UNREADABLE_CODEC;
  }

  private LogDamage beyondUs(LogfileScan.End end) {
    return new LogDamage(
        LogDamage.Code.NOT_OURS,
        begun.name() + " at LSN " + end.lsn() + ": " + end.damage().orElseThrow());
  }

  @Override
  public void record(RecordView view, ByteBuffer buffer, int at) {
    long end = view.lsn() + view.totalBytes();
    if (!view.isAtomicWithNext() && isBoundary(begun.header().baseLsn(), end)) {
      boundary = end;
    }
  }

  /** Whether {@code lsn} is on a log-block boundary of the logfile with that base. */
  static boolean isBoundary(long baseLsn, long lsn) {
    return (lsn - baseLsn) % LogLimits.BLOCK_BYTES == 0;
  }
}
