package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.RecordHeader;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.format.RecordVerdict;
import io.tharsis.logfiles.format.RecordView;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.Logfile;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.seam.Completion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;

/**
 * Reads one record back from the log and takes a part of its range out of it, after checking its
 * LSN and both its checksums. The logfile is pinned by the caller.
 */
final class RecordRead {

  private final ReadableLog log;
  private final Logfile file;
  private final long lsn;
  private final BooleanSupplier wanted;
  private final RecordView view = new RecordView();

  /** {@code wanted} says whether the target may still be written when the log has been read. */
  RecordRead(ReadableLog log, Logfile file, long lsn, BooleanSupplier wanted) {
    this.log = log;
    this.file = file;
    this.lsn = lsn;
    this.wanted = wanted;
  }

  /** Fills {@code target} with the record's bytes from position {@code from} of the volume on. */
  void read(long from, ByteBuffer target, Completion done) {
    // Most pieces are whole records: guess that, and read again if the record turns out longer.
    int payloadBytes = Math.min(target.remaining(), RecordHeader.MAX_PAYLOAD_BYTES);
    read(RecordHeader.totalBytes(payloadBytes), from, target, done);
  }

  private void read(int bytes, long from, ByteBuffer target, Completion done) {
    int readable = (int) Math.min(bytes, file.endLsn() - lsn);
    ByteBuffer scratch = log.readBuffers().take(readable);
    Completion then =
        Completion.of(
            () -> {
              try {
                deliver(scratch, from, target, done);
              } finally {
                log.readBuffers().giveBack(scratch);
              }
            },
            cause -> {
              log.readBuffers().giveBack(scratch);
              done.failed(cause);
            });
    file.disk().read(scratch, file.fileOffset(lsn), then);
  }

  private void deliver(ByteBuffer scratch, long from, ByteBuffer target, Completion done) {
    if (!wanted.getAsBoolean()) {
      done.failed(new IOException("nobody waits for the read any more"));
      return;
    }
    RecordVerdict verdict = view.decode(log.seedOf(file), scratch, 0, lsn);
    boolean isShort = verdict == RecordVerdict.OK && view.totalBytes() > scratch.remaining();
    if (isShort && view.totalBytes() <= file.endLsn() - lsn) {
      read(view.totalBytes(), from, target, done);
      return;
    }
    if (verdict == RecordVerdict.OK) {
      verdict = view.checkBody(scratch, 0);
    }
    if (verdict != RecordVerdict.OK || !copy(view.payload(scratch, 0), from, target)) {
      done.failed(
          new IOException("log record at LSN " + lsn + " in " + file + " is damaged: " + verdict));
      return;
    }
    done.succeeded();
  }

  /** Copies what {@code target} wants; false if the record does not have it. */
  private boolean copy(ByteBuffer payload, long from, ByteBuffer target) {
    long skip = from - view.offset();
    if (skip < 0 || skip + target.remaining() > view.lengthBytes()) {
      return false;
    }
    if (view.type() == RecordType.FILL) {
      repeat(payload, skip, target);
      return true;
    }
    target.put(target.position(), payload, Math.toIntExact(skip), target.remaining());
    return true;
  }

  private static void repeat(ByteBuffer pattern, long skip, ByteBuffer target) {
    int at = Math.toIntExact(skip % pattern.capacity());
    for (int i = target.position(); i < target.limit(); i++) {
      target.put(i, pattern.get(at));
      at = at + 1 == pattern.capacity() ? 0 : at + 1;
    }
  }

  /** Largest record that fits into a buffer of the pool; longer ones get a buffer of their own. */
  static int pooledBytes() {
    return RecordHeader.totalBytes(LogLimits.MAX_PAYLOAD_BYTES);
  }
}
