package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.log.Position;
import io.tharsis.replication.wire.LogMessage.Diverged;
import io.tharsis.replication.wire.LogMessage.DurableAt;
import io.tharsis.replication.wire.LogMessage.FetchFrom;
import io.tharsis.replication.wire.LogMessage.Gone;
import io.tharsis.replication.wire.LogMessage.LogRun;
import io.tharsis.replication.wire.LogMessage.Progress;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Layouts of {@link LogMessage}. */
final class LogCodec {

  private static final int HAS_HEADER = 1;
  private static final int IS_LAST = 2;
  private static final int IS_CONSISTENT = 1;

  private LogCodec() {}

  static void write(LogMessage message, WireWriter out) {
    switch (message) {
      case FetchFrom(Position position, long creditBytes) ->
          out.position(position).i64(creditBytes);
      case LogRun run -> writeRun(run, out);
      case DurableAt(long durableLsn, long hybridTime) -> out.i64(durableLsn).i64(hybridTime);
      case Progress(long durableLsn, long checkpointLsn, long creditBytes, boolean consistent) ->
          out.i64(durableLsn)
              .i64(checkpointLsn)
              .i64(creditBytes)
              .u32(consistent ? IS_CONSISTENT : 0);
      case Gone(long oldestLsn) -> out.i64(oldestLsn);
      case Diverged(String reason) -> out.text(reason);
    }
  }

  private static void writeRun(LogRun run, WireWriter out) {
    out.position(run.position())
        .u32((run.headerBlock().isPresent() ? HAS_HEADER : 0) | (run.last() ? IS_LAST : 0));
    run.headerBlock().ifPresent(out::raw);
    out.payload(run.payload());
  }

  static FetchFrom readFetchFrom(WireReader in) throws FormatException {
    return new FetchFrom(in.position(), in.i64());
  }

  static LogRun readLogRun(WireReader in) throws FormatException {
    Position position = in.position();
    int flags = in.upTo(HAS_HEADER | IS_LAST, "flags of a run");
    Optional<ByteBuffer> header =
        (flags & HAS_HEADER) != 0 ? Optional.of(in.raw(Wire.HEADER_BLOCK_BYTES)) : Optional.empty();
    return new LogRun(position, (flags & IS_LAST) != 0, header, in.payload());
  }

  static DurableAt readDurableAt(WireReader in) throws FormatException {
    return new DurableAt(in.i64(), in.i64());
  }

  static Progress readProgress(WireReader in) throws FormatException {
    return new Progress(
        in.i64(), in.i64(), in.i64(), in.upTo(IS_CONSISTENT, "flags of progress") != 0);
  }

  static Gone readGone(WireReader in) throws FormatException {
    return new Gone(in.i64());
  }

  static Diverged readDiverged(WireReader in) throws FormatException {
    return new Diverged(in.text(Wire.MAX_WORDS_BYTES));
  }
}
