package io.tharsis.replication.fetch;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.log.Position;
import io.tharsis.replication.wire.Compression;
import io.tharsis.replication.wire.LogMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The pieces of the run that is just coming over a link. Belongs to the fetcher. */
final class Pieces {

  /**
   * A run that is all there; nothing in it has been verified.
   *
   * @param header the block of the logfile that it begins, if it begins one
   */
  record Run(Position position, Optional<ByteBuffer> header, ByteBuffer bytes) {}

  private final List<LogMessage.LogRun> pieces = new ArrayList<>();

  /** The next piece; the run if it was the last one. */
  Optional<Run> add(LogMessage.LogRun piece) throws FormatException {
    pieces.add(piece);
    if (!piece.last()) {
      return Optional.empty();
    }
    LogMessage.LogRun first = pieces.getFirst();
    ByteBuffer bytes = pieces.size() == 1 ? Compression.expand(first.payload()) : joined();
    pieces.clear();
    return Optional.of(new Run(first.position(), first.headerBlock(), bytes));
  }

  private ByteBuffer joined() throws FormatException {
    long from = pieces.getFirst().position().lsn();
    int length = pieces.stream().mapToInt(piece -> piece.payload().plainBytes()).sum();
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (LogMessage.LogRun piece : pieces) {
      if (piece.position().lsn() != from + bytes.position()) {
        throw new FormatException(bytes.position(), "pieces of a run are out of order");
      }
      bytes.put(Compression.expand(piece.payload()));
    }
    return bytes.flip();
  }
}
