package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.RecordHeader;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Owner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/**
 * Group commit: while one batch is being written the next one gathers; no timer, no delay at depth
 * 1. Belongs to the log's owner.
 *
 * <p>A batch is written durably in one step when somebody waits for that and everything before it
 * is durable; otherwise it is written, and a sync follows when somebody asks or a limit is reached.
 * A durable block is never written again. A failed write or sync is final: nothing is retried.
 */
final class Appender {

  private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

  /** What the appender tells the log it belongs to. */
  interface Listener {
    /** This log, from {@code lsn} on, is on the medium or in its cache; lent for the call. */
    void written(long lsn, ByteBuffer records);

    /** Room for further records may have come, or watermarks have moved. */
    void progressed();

    /** A write or sync failed; the appender takes nothing any more. */
    void stopped(Logfile file, IOException cause);
  }

  private final Owner owner;
  private final Clock clock;
  private final LogLimits limits;
  private final Watermarks marks;
  private final LogWriter writer;
  private final Listener listener;
  private final LogBuffers buffers;
  private final ArrayDeque<Batch> closed = new ArrayDeque<>();
  private final Waiters untilWritten = new Waiters();
  private final Waiters untilDurable = new Waiters();
  private Optional<Batch> gathering = Optional.empty();
  private Optional<Batch> inFlight = Optional.empty();
  private boolean holdsRecords;
  private boolean pumpPosted;
  private boolean syncing;
  private Optional<Clock.Timer> flushTimer = Optional.empty();
  private Optional<IOException> failure = Optional.empty();

  Appender(KeptLog kept, LogWriter writer, Listener to) {
    this.owner = kept.seams().owner();
    this.clock = kept.seams().clock();
    this.limits = kept.limits();
    this.marks = kept.marks();
    this.writer = writer;
    this.listener = to;
    this.buffers = kept.takeWriteBuffers();
  }

  /**
   * Whether a group of records that takes {@code bytes} on the log can be appended now; if not, the
   * listener hears when to ask again.
   */
  boolean admit(int bytes) {
    if (failure.isPresent()) {
      return false;
    }
    if (gathering.isPresent()) {
      if (gathering.get().fits(bytes)) {
        return true;
      }
      boolean fileFull = fileIsFullAfter(gathering.get(), bytes);
      if (buffers.available() == 0 || (fileFull && !writer.canBeginNext())) {
        return false;
      }
      closeGathering(fileFull);
      postPump();
    }
    return open(bytes);
  }

  private static boolean fileIsFullAfter(Batch batch, int bytes) {
    return !Batch.fitsFile(batch.file(), batch.endLsn() + batch.gapBytes(), bytes);
  }

  private boolean open(int bytes) {
    boolean sameFile =
        writer.hasCurrent() && Batch.fitsFile(writer.current(), marks.appended(), bytes);
    if (!sameFile) {
      if (!beginNextFile()) {
        return false;
      }
      if (!gathering.orElseThrow().fits(bytes)) {
        closeGathering(false);
        postPump();
      }
    }
    if (gathering.isEmpty()) {
      gathering =
          buffers.take().map(buffer -> Batch.next(buffer, writer.current(), marks.appended()));
    }
    return gathering.isPresent() && gathering.get().fits(bytes);
  }

  /** Seals the current logfile, unless it is sealed, and opens the first batch of the next. */
  private boolean beginNextFile() {
    boolean seal = writer.hasCurrent() && !writer.current().isClosed();
    if (!writer.canBeginNext() || buffers.available() < (seal ? 2 : 1)) {
      return false;
    }
    if (seal) {
      gathering =
          buffers.take().map(buffer -> Batch.next(buffer, writer.current(), marks.appended()));
      closeGathering(true);
    }
    ByteBuffer buffer = buffers.take().orElseThrow();
    Batch first = Batch.first(buffer, writer.beginNext(buffer, marks.appended()));
    gathering = Optional.of(first);
    holdsRecords = false;
    put(new Entry(RecordType.STATE, 0, 0, 0, 0), writer.stateSnapshot());
    return true;
  }

  /** Begins the epoch's first logfile; false if none is ready. */
  boolean begin() {
    boolean begun = admit(LogLimits.BLOCK_BYTES);
    if (begun) {
      postPump();
    }
    return begun;
  }

  /** Number of the current logfile. */
  long logfileNumber() {
    return writer.current().number();
  }

  /** Whether the current logfile holds more than the state with which every logfile begins. */
  boolean holdsRecords() {
    return holdsRecords;
  }

  /**
   * Begins the next logfile though the current one is not full, between two groups of records;
   * false if it would be the last that can be had, or there is no buffer: the listener hears when
   * to ask again. A logfile takes its whole space, however little it holds, and what the writers
   * and the next epoch need must not be taken from them.
   */
  boolean rotate() {
    boolean gathers = gathering.isPresent();
    boolean ready = writer.hasCurrent() && writer.canBeginTwo() && failure.isEmpty();
    if (!ready || (gathers && buffers.available() == 0)) {
      return false;
    }
    if (gathers) {
      closeGathering(true);
    }
    boolean begun = beginNextFile();
    postPump();
    return begun;
  }

  /** Appends a record; room for it was {@link #admit}ted. Gives its LSN. */
  long append(Entry entry, ByteBuffer payload) {
    long lsn = put(entry, payload);
    holdsRecords = true;
    postPump();
    return lsn;
  }

  private long put(Entry entry, ByteBuffer payload) {
    Batch batch = gathering.orElseThrow(() -> new Invariant.Broken("append without admission"));
    long lsn = batch.endLsn();
    int bytes = writer.write(batch.buffer(), batch.position(), entry, payload, lsn);
    batch.advance(bytes);
    marks.advanceAppended(batch.endLsn());
    return lsn;
  }

  /** Calls back when everything below {@code lsn} is written. */
  void whenWritten(long lsn, Completion done) {
    await(untilWritten, lsn, marks.written(), done);
  }

  /** Calls back when everything below {@code lsn} is durable, and sees to it that it gets so. */
  void whenDurable(long lsn, Completion done) {
    await(untilDurable, lsn, marks.durable(), done);
    gathering.filter(batch -> batch.startLsn() < lsn).ifPresent(Batch::makeDurable);
    if (lsn <= marks.written()) {
      syncIfWanted();
    }
  }

  private void await(Waiters waiters, long lsn, long reached, Completion done) {
    Invariant.check(lsn <= marks.appended(), "awaited position exists", lsn, marks.appended());
    if (failure.isPresent() && lsn > reached) {
      IOException cause = failure.get();
      owner.execute(() -> done.failed(cause));
    } else if (lsn <= reached) {
      owner.execute(done::succeeded);
    } else {
      waiters.add(lsn, done);
    }
  }

  /** Whether nothing is in flight, and nothing but a failure keeps anything from the medium. */
  boolean isIdle() {
    boolean quiet = inFlight.isEmpty() && !syncing;
    return quiet && (failure.isPresent() || marks.durable() == marks.appended());
  }

  /**
   * Seals the current logfile: the last thing that is ever appended by this writer. It becomes
   * durable with everything before it, what was written into the cache included.
   */
  void seal() {
    if (failure.isPresent() || !writer.hasCurrent()) {
      return;
    }
    if (!writer.current().isClosed()) {
      if (gathering.isEmpty()) {
        ByteBuffer buffer = buffers.take().orElseThrow();
        gathering = Optional.of(Batch.next(buffer, writer.current(), marks.appended()));
      }
      gathering.get().makeDurable();
      closeGathering(true);
      postPump();
    }
    // A batch after others that are written but not durable is not durable by itself either.
    whenDurable(marks.appended(), Completion.of(() -> {}, cause -> {}));
  }

  /** Nothing is in flight, and nothing comes any more: somebody else writes the log on. */
  void retire() {
    Invariant.check(isIdle() && failure.isEmpty(), "a log ends in order", marks.durable());
    failure = Optional.of(new IOException("the log is written by somebody else"));
    flushTimer.ifPresent(Clock.Timer::cancel);
    gathering = Optional.empty();
  }

  private void postPump() {
    if (!pumpPosted) {
      pumpPosted = true;
      owner.execute(() -> {
        pumpPosted = false;
        pump();
      });
    }
  }

  /** Starts the next write if none is under way. */
  private void pump() {
    if (inFlight.isPresent() || failure.isPresent()) {
      return;
    }
    if (closed.isEmpty() && gathering.isPresent() && !gathering.get().isEmpty()) {
      closeGathering(false);
    }
    if (closed.isEmpty()) {
      return;
    }
    Batch batch = closed.peek();
    if (batch.isFirst() && marks.durable() < batch.startLsn()) {
      // The header names the end of its predecessor, so that end must be durable before it.
      sync();
      return;
    }
    closed.remove();
    inFlight = Optional.of(batch);
    boolean durably = batch.mustBeDurable() && marks.durable() == marks.written();
    batch
        .file()
        .disk()
        .write(
            List.of(batch.extent()),
            durably ? Durability.DURABLE : Durability.BUFFERED,
            Completion.of(
                () -> written(batch, durably),
                cause -> {
                  inFlight = Optional.empty();
                  failed(batch.file(), cause);
                }));
  }

  private void closeGathering(boolean seal) {
    Batch batch = gathering.orElseThrow();
    if (seal) {
      put(new Entry(RecordType.SEAL, 0, 0, 0, 0), NOTHING);
    }
    int gap = batch.gapBytes();
    if (gap > 0) {
      Invariant.check(gap >= RecordHeader.BYTES, "a gap holds a header", gap);
      batch.advance(writer.pad(batch.buffer(), batch.position(), gap, batch.endLsn()));
      marks.advanceAppended(batch.endLsn());
    }
    batch.closed();
    closed.add(batch);
    gathering = Optional.empty();
    if (seal) {
      writer.closeCurrent(batch.endLsn());
    }
  }

  private void written(Batch batch, boolean durably) {
    inFlight = Optional.empty();
    listener.written(batch.startLsn(), batch.records());
    buffers.giveBack(batch.buffer());
    if (failure.isPresent()) {
      listener.progressed();
      return;
    }
    marks.advanceWritten(batch.endLsn());
    if (durably) {
      marks.advanceDurable(batch.endLsn());
    }
    pump();
    untilWritten.reached(marks.written());
    untilDurable.reached(marks.durable());
    syncIfWanted();
    listener.progressed();
  }

  private void syncIfWanted() {
    long unsynced = marks.written() - marks.durable();
    if (unsynced == 0) {
      return;
    }
    if (untilDurable.anyUpTo(marks.written()) || unsynced >= limits.flushBytes()) {
      sync();
    } else if (flushTimer.isEmpty()) {
      flushTimer =
          Optional.of(
              clock.after(
                  limits.flushDelay(),
                  () -> {
                    flushTimer = Optional.empty();
                    if (marks.written() > marks.durable()) {
                      sync();
                    }
                  }));
    }
  }

  private void sync() {
    if (syncing || failure.isPresent()) {
      return;
    }
    syncing = true;
    long upTo = marks.written();
    // Whatever is written and not durable is in one file: the next one begins only after a sync.
    Logfile file = writer.fileBefore(upTo);
    file.disk()
        .sync(
            Completion.of(
                () -> {
                  syncing = false;
                  synced(upTo);
                },
                cause -> {
                  syncing = false;
                  failed(file, cause);
                }));
  }

  private void synced(long upTo) {
    if (failure.isPresent()) {
      listener.progressed();
      return;
    }
    // A batch may have become durable by itself meanwhile.
    marks.advanceDurable(Math.max(marks.durable(), upTo));
    pump();
    untilDurable.reached(marks.durable());
    syncIfWanted();
    listener.progressed();
  }

  private void failed(Logfile file, IOException cause) {
    if (failure.isPresent()) {
      listener.progressed();
      return;
    }
    failure = Optional.of(cause);
    flushTimer.ifPresent(Clock.Timer::cancel);
    listener.stopped(file, cause);
    untilWritten.failAll(cause);
    untilDurable.failAll(cause);
  }
}
