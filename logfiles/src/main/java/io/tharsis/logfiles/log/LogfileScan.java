package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.RecordHeader;
import io.tharsis.logfiles.format.RecordSeed;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.format.RecordVerdict;
import io.tharsis.logfiles.format.RecordView;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Walks the records of one logfile from a position to a limit, checking headers and bodies; stops
 * at the first that is not whole. Used by recovery and by inspection; reads a slice at a time so
 * that the owner stays free in between.
 */
final class LogfileScan {

  /** Takes whole records in order. */
  @FunctionalInterface
  interface Sink {
    /** {@code at} is the record's index in {@code buffer}; both are valid during the call only. */
    void record(RecordView view, ByteBuffer buffer, int at);
  }

  /**
   * Where the walk ended.
   *
   * @param lsn one past the last whole record
   * @param damage why it did not go on to the limit, if it did not
   * @param behindDamage where the damaged record ends, if its header is whole and says that it is
   *     no state snapshot
   */
  record End(long lsn, Optional<RecordVerdict> damage, Optional<Long> behindDamage) {}

  private static final int SLICE_BYTES = 1 << 20;

  private final LogfileHeader header;
  private final Disk disk;
  private final RecordSeed seed;
  private final Sink sink;
  private final RecordView view = new RecordView();
  private ByteBuffer buffer = ByteBuffer.allocateDirect(SLICE_BYTES);
  private long bufferLsn;
  private long lsn;
  private long limit;

  LogfileScan(LogfileHeader header, Disk disk, Sink sink) {
    this.header = header;
    this.disk = disk;
    this.seed = header.seed();
    this.sink = sink;
  }

  /** Walks from {@code from}, a record's position, to {@code to}. */
  Async<End> walk(long from, long to) {
    lsn = from;
    limit = Math.min(to, header.baseLsn() + disk.sizeBytes() - LogfileHeader.BYTES);
    return Async.repeat(() -> fill(lsn).map(done -> walkSlice()));
  }

  private Optional<End> walkSlice() {
    while (lsn < limit) {
      int at = Math.toIntExact(lsn - bufferLsn);
      RecordVerdict verdict = view.decode(seed, buffer, at, lsn);
      boolean skipped = verdict == RecordVerdict.UNKNOWN_TYPE && view.isSkippable();
      if (verdict == RecordVerdict.OK || skipped) {
        verdict = view.checkBody(buffer, at);
      }
      if (verdict == RecordVerdict.TRUNCATED && moreThan(at)) {
        return Optional.empty();
      }
      if (verdict != RecordVerdict.OK) {
        return Optional.of(new End(lsn, Optional.of(verdict), behindDamage(verdict)));
      }
      sink.record(view, buffer, at);
      lsn += view.totalBytes();
    }
    return Optional.of(new End(lsn, Optional.empty(), Optional.empty()));
  }

  private Optional<Long> behindDamage(RecordVerdict verdict) {
    boolean harmless =
        verdict == RecordVerdict.BODY_CORRUPT
            && RecordType.isKnown(view.typeCode())
            && view.type() != RecordType.STATE;
    return harmless ? Optional.of(lsn + view.totalBytes()) : Optional.empty();
  }

  /** Whether a longer look would help: the slice ends before the file's limit does. */
  private boolean moreThan(int at) {
    if (bufferLsn + buffer.limit() >= limit) {
      return false;
    }
    if (at == 0) {
      buffer =
          ByteBuffer.allocateDirect(
              Math.min(2 * buffer.capacity(), RecordHeader.MAX_RECORD_BYTES + SLICE_BYTES));
    }
    return true;
  }

  private Async<Void> fill(long from) {
    bufferLsn = from;
    buffer.clear().limit((int) Math.min(buffer.capacity(), Math.max(0, limit - from)));
    if (buffer.limit() == 0) {
      return Async.done();
    }
    return Async.start(
        done -> disk.read(buffer, LogfileHeader.BYTES + from - header.baseLsn(), done));
  }

  /**
   * What whole records beyond a damaged place say: the highest LSN that their writer knew durable,
   * or nothing if there is no whole record. Batches begin on block boundaries, so those are tried.
   */
  Async<Optional<Long>> proofBeyond(long damageLsn) {
    lsn = LogLimits.blockUp(damageLsn + 1);
    limit = header.baseLsn() + disk.sizeBytes() - LogfileHeader.BYTES;
    long[] proof = {-1};
    return Async.<Boolean>repeat(
            () -> fill(lsn).map(done -> probeSlice(proof) ? Optional.of(true) : Optional.empty()))
        .map(done -> proof[0] < 0 ? Optional.empty() : Optional.of(proof[0]));
  }

  /** Probes what is in the buffer; whether the end of the file is reached. */
  private boolean probeSlice(long[] proof) {
    long end = bufferLsn + buffer.limit();
    while (lsn < end) {
      int at = Math.toIntExact(lsn - bufferLsn);
      RecordVerdict verdict = view.decode(seed, buffer, at, lsn);
      if (verdict == RecordVerdict.OK) {
        verdict = view.checkBody(buffer, at);
        if (verdict == RecordVerdict.TRUNCATED && moreThan(at)) {
          return false;
        }
      }
      if (verdict == RecordVerdict.OK) {
        proof[0] = Math.max(proof[0], view.durableLsn());
        lsn += view.totalBytes();
      } else {
        lsn = LogLimits.blockUp(lsn + 1);
      }
    }
    return lsn >= limit;
  }
}
