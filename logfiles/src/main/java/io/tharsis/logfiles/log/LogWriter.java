package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.ChainDigest;
import io.tharsis.logfiles.format.HybridClock;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.RecordSeed;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.format.RecordWriter;
import io.tharsis.logfiles.format.Summary;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Turns entries into the bytes of the current logfile and keeps what is known about it: chain
 * digest, touched regions, hybrid time. Belongs to the appender.
 */
final class LogWriter {

  private final LogDirectory directory;
  private final Watermarks marks;
  private final Clock clock;
  private final WriterIdentity identity;
  private final Supplier<List<ByteBuffer>> snapshot;
  private final Consumer<Logfile> onClosed;
  private ChainDigest chain;
  private Optional<Logfile> current = Optional.empty();
  private Optional<RecordWriter> records = Optional.empty();
  private Optional<Summary.Builder> summary = Optional.empty();
  private long hybridTime;

  LogWriter(
      LogDirectory directory,
      Watermarks marks,
      Clock clock,
      WriterIdentity identity,
      ChainDigest chain,
      long lastHybridTime,
      Supplier<List<ByteBuffer>> snapshot,
      Consumer<Logfile> onClosed) {
    this.directory = directory;
    this.marks = marks;
    this.clock = clock;
    this.identity = identity;
    this.chain = chain;
    this.hybridTime = lastHybridTime;
    this.snapshot = snapshot;
    this.onClosed = onClosed;
  }
}
