package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.HybridClock;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.format.RecordWriter;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.format.Summarizer;
import io.tharsis.logfiles.format.Summary;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * Turns entries into the bytes of the current logfile, and keeps its chain digest and summary. Each
 * epoch has one. Belongs to the appender.
 */
final class LogWriter {

  /** What a log writer asks of and tells to the log it belongs to. */
  interface Context {
    /** The full state of all volumes, with which every logfile begins. */
    ByteBuffer stateSnapshot();

    /** A logfile has been sealed; its summary is to be kept. */
    void closed(Logfile file, Summary summary);
  }

  /** Whose log is written, by whom, in which epoch, and what it continues. */
  record Origin(UUID resourceId, WriterIdentity identity, Epoch epoch, LogEnd continued) {}

  /** The logfile being written, with what makes its records. */
  private record Current(Logfile file, RecordWriter records, Summarizer summarizer) {}

  private final Origin origin;
  private final LogDirectory directory;
  private final Watermarks marks;
  private final Clock clock;
  private final Context context;
  private Optional<Current> current = Optional.empty();
  private LogfileHeader.Predecessor predecessor;
  private long hybridTime;

  LogWriter(Origin origin, LogDirectory directory, Watermarks marks, Clock clock, Context context) {
    this.origin = origin;
    this.directory = directory;
    this.marks = marks;
    this.clock = clock;
    this.predecessor = origin.continued().predecessor();
    this.hybridTime = origin.continued().hybridTime();
    this.context = context;
  }

  boolean hasCurrent() {
    return current.isPresent();
  }

  Logfile current() {
    return open().file();
  }

  private Current open() {
    return current.orElseThrow(() -> new Invariant.Broken("no logfile was begun"));
  }

  boolean canBeginNext() {
    return directory.isNextReady();
  }

  /** Whether the next logfile can be begun, and one more after it. */
  boolean canBeginTwo() {
    return directory.isNextSpare();
  }

  /** Begins the next logfile at {@code baseLsn}; its header goes to index 0 of {@code into}. */
  Logfile beginNext(ByteBuffer into, long baseLsn) {
    long number = directory.nextNumber();
    LogDirectory.Spare spare =
        directory.takeNext().orElseThrow(() -> new Invariant.Broken("no next logfile is ready"));
    LogfileHeader header = header(number, baseLsn, spare.disk().sizeBytes());
    header.encode(into, 0);
    Logfile file = new Logfile(spare.name(), header, spare.disk());
    directory.begun(file);
    current =
        Optional.of(
            new Current(
                file,
                new RecordWriter(header.seed(), origin.epoch().number()),
                new Summarizer(header)));
    return file;
  }

  private LogfileHeader header(long number, long baseLsn, long sizeBytes) {
    WriterIdentity writer = origin.identity();
    return new LogfileHeader(
        origin.resourceId(),
        new LogfileHeader.Shape(
            number, baseLsn, sizeBytes, LogLimits.BLOCK_BYTES, LogfileHeader.Features.NONE),
        new LogfileHeader.Writer(writer.nodeId(), writer.nodeName(), writer.incarnation(), tick()),
        origin.epoch(),
        predecessor);
  }

  /** The full state of all volumes, for the beginning of a logfile. */
  ByteBuffer stateSnapshot() {
    return context.stateSnapshot();
  }

  /** Writes a record at index {@code at}; gives the bytes it takes. */
  int write(ByteBuffer into, int at, Entry entry, ByteBuffer payload, long lsn) {
    Current open = open();
    int bytes =
        open.records()
            .begin(entry.type(), lsn)
            .flags(entry.flags())
            .extent(entry.volume(), entry.deviceOffset(), entry.extentLength())
            .stamp(tick(), marks.durable())
            .write(into, at, payload);
    open.summarizer().add(open.records());
    return bytes;
  }

  /** Fills {@code gap} bytes with a PAD record. */
  int pad(ByteBuffer into, int at, int gap, long lsn) {
    Current open = open();
    int bytes =
        open.records()
            .begin(RecordType.PAD, lsn)
            .stamp(tick(), marks.durable())
            .writePad(into, at, gap);
    open.summarizer().add(open.records());
    return bytes;
  }

  /** The current logfile is sealed and ends here. */
  void closeCurrent(long endLsn) {
    Current open = open();
    open.file().close(endLsn);
    Summary summary = open.summarizer().finish();
    predecessor = new LogfileHeader.Predecessor(endLsn, summary.digest());
    context.closed(open.file(), summary);
  }

  /** Where the log ends that this has written, for whoever receives what another writer adds. */
  ReceivedEnd end(StateSnapshot state) {
    Current open = open();
    ReceivedTail tail =
        new ReceivedTail(open.file().header(), Optional.of(open.summarizer()), marks.durable());
    return new ReceivedEnd(
        Optional.of(tail),
        Optional.of(open.file()).filter(file -> !file.isClosed()),
        hybridTime,
        Optional.of(state));
  }

  /** The logfile that holds the byte before {@code lsn}. */
  Logfile fileBefore(long lsn) {
    return directory
        .find(lsn - 1)
        .orElseThrow(() -> new Invariant.Broken("no logfile holds the byte before " + lsn));
  }

  private long tick() {
    hybridTime = HybridClock.next(clock.wallMillis(), hybridTime);
    return hybridTime;
  }
}
