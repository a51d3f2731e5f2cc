package io.tharsis.logfiles.log;

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

  private Async<Void> rewriteChunk() {
    int bytes = (int) Math.min(CHUNK_BYTES, LogLimits.blockUp(end) - at);
    ByteBuffer chunk =
        ByteBuffer.allocateDirect(bytes + LogLimits.BLOCK_BYTES)
            .alignedSlice(LogLimits.BLOCK_BYTES)
            .slice(0, bytes);
    long from = at;
    return Async.start(done -> file.disk().read(chunk, file.fileOffset(from), done))
        .then(done -> {
          padIfLast(chunk, from);
          at = from + bytes;
          Extent extent = Extent.of(file.fileOffset(from), chunk);
          return Async.start(
              written -> file.disk().write(List.of(extent), Durability.DURABLE, written));
        });
  }

  private void padIfLast(ByteBuffer chunk, long from) {
    int gap = (int) (from + chunk.capacity() - end);
    if (gap > 0) {
      RecordWriter writer = new RecordWriter(file.header().seed(), file.header().epoch().number());
      progress.pad(writer, chunk, (int) (end - from), gap);
    }
  }
}
