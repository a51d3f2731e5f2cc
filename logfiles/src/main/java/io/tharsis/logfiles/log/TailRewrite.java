package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.RecordWriter;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Writes the end of a recovered log once more, as it is, and durably: what was read there may have
 * come from a page cache that a failed sync or a kill has left ahead of the medium. Everything
 * below the proved LSN is left alone. The last block is filled up with a PAD record.
 */
final class TailRewrite {

  private static final int CHUNK_BYTES = 1 << 20;

  private final Logfile file;
  private final LogProgress progress;
  private long at;
  private long end;

  TailRewrite(Logfile file, LogProgress progress) {
    this.file = file;
    this.progress = progress;
  }

  /** Rewrites {@code [proved, end)}; gives the block boundary at which the log now ends. */
  Async<Long> run(long proved, long logEnd) {
    at = proved / LogLimits.BLOCK_BYTES * LogLimits.BLOCK_BYTES;
    end = logEnd;
    return Async.repeat(
        () -> at < end ? rewriteChunk().map(done -> Optional.empty()) : Async.of(Optional.of(at)));
  }

  /** Rewrites the logfile's header as it was read. */
  Async<Void> rewriteHeader() {
    ByteBuffer block = LogBuffers.aligned(LogfileHeader.BYTES);
    return Async.start(done -> file.disk().read(block, 0, done))
        .then(done ->
            Async.start(written ->
                file.disk().write(List.of(Extent.of(0, block)), Durability.DURABLE, written)));
  }

  private Async<Void> rewriteChunk() {
    int bytes = (int) Math.min(CHUNK_BYTES, LogLimits.blockUp(end) - at);
    ByteBuffer chunk = LogBuffers.aligned(bytes);
    long from = at;
    return Async.start(done -> file.disk().read(chunk, file.fileOffset(from), done))
        .then(done -> {
          boolean padded = padIfLast(chunk, from);
          at = from + bytes;
          Extent extent =
              new Extent(file.fileOffset(from), padded ? cutOff(chunk) : List.of(chunk));
          return Async.start(
              written -> file.disk().write(List.of(extent), Durability.DURABLE, written));
        });
  }

  private boolean padIfLast(ByteBuffer chunk, long from) {
    int gap = (int) (from + chunk.capacity() - end);
    if (gap > 0) {
      RecordWriter writer = new RecordWriter(file.header().seed(), file.header().epoch().number());
      progress.pad(writer, chunk, (int) (end - from), gap);
    }
    return gap > 0;
  }

  /**
   * The padding now leads to the next block, where a record of the torn batch may be whole; if this
   * opening crashes too, the next one must not take it for the continuation.
   */
  private List<ByteBuffer> cutOff(ByteBuffer lastChunk) {
    boolean room = at + LogLimits.BLOCK_BYTES <= file.capacityLsn();
    return room
        ? List.of(lastChunk, LogBuffers.aligned(LogLimits.BLOCK_BYTES))
        : List.of(lastChunk);
  }
}
