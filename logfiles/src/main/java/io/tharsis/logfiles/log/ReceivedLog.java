package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.AppliedRange;
import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.format.HybridClock;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.RecordSeed;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Owner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The log of one resource at a member that does not write it: logfiles that are, byte for byte,
 * those of the member that does. Nothing counts before its checksums, its chain and its place have
 * been verified, and nothing is told to anybody before it is durable. Lives on the resource's
 * owner; all its methods are called there.
 *
 * <p>A failed write is final for this opening, and needs no marker: the next opening writes
 * everything once more that is above the horizon, and what is missing is fetched again.
 */
public final class ReceivedLog implements ReadableLog {

  /** What a log tells the resource it belongs to. */
  public interface Listener {
    /** The durable record at {@code lsn} changes a range of a volume; its atomic group is whole. */
    void changed(Entry entry, long lsn);

    /** The volumes are in this state from now on; told in log order with the changes. */
    void stateChanged(StateSnapshot state);

    /** Watermarks have moved, or room for logfiles may have come. */
    void progressed();

    /** A write failed: the log takes nothing any more, until it is opened again. */
    void stopped(String reason);

    /** As {@link Log.Listener#spaceShort}; here it is fetching that has to wait. */
    default void spaceShort() {}
  }

  private record Begun(ReceivedTail tail, ByteBuffer block) {}

  private final KeptLog kept;
  private final Listener listener;
  private final Watermarks marks;
  private final ReceiveWriter writer;
  private final Waiters untilDurable = new Waiters();
  private Optional<ReceivedTail> tail;
  private boolean tailIsClosed;
  private Optional<Begun> begun = Optional.empty();
  private Optional<StateSnapshot> state;
  private long hybridTime;
  private Optional<Async<Void>> settled = Optional.empty();
  private Optional<String> stopReason = Optional.empty();

  ReceivedLog(KeptLog kept, ReceivedEnd end, Listener listener) {
    this.kept = kept;
    this.listener = listener;
    this.marks = kept.marks();
    this.state = end.state();
    this.tail = end.tail();
    this.tailIsClosed = end.tail().isPresent() && end.file().isEmpty();
    this.hybridTime = end.hybridTime();
    this.writer = new ReceiveWriter(kept, end.file(), new WriterListener());
    kept.directory().onNextReady(this::nextReady);
    kept.onSpaceShort(listener::spaceShort);
    kept.begun();
  }

  private final class WriterListener implements ReceiveWriter.Listener {
    @Override
    public void durable(List<ReceiveWriter.Run> runs) {
      for (ReceiveWriter.Run run : runs) {
        run.told().forEach(ReceivedLog.this::tell);
      }
      untilDurable.reached(marks.durable());
      settle();
      listener.progressed();
    }

    @Override
    public void stalled() {
      settle();
    }

    @Override
    public void stopped(Logfile file, IOException cause) {
      String reason = "writing %s failed: %s".formatted(file, cause.getMessage());
      stopReason = Optional.of(reason);
      listener.stopped(reason);
      untilDurable.failAll(cause);
      settle();
    }
  }

  private void tell(ReceivedTail.Told told) {
    switch (told) {
      case ReceivedTail.Told.Change(Entry entry, long lsn) -> listener.changed(entry, lsn);
      case ReceivedTail.Told.State(StateSnapshot found) -> {
        state = Optional.of(found);
        listener.stateChanged(found);
      }
    }
  }

  private void nextReady() {
    writer.pump();
    listener.progressed();
  }

  /** Where the next bytes go: behind everything that was accepted, durable or on its way. */
  public Position next() {
    return tail.map(it -> new Position(it.header().number(), it.endLsn(), it.epochId()))
        .orElseGet(() -> Position.start(marks.appended()));
  }

  /**
   * The next logfile begins: its header continues what was accepted so far. The bytes that {@link
   * #receive} is called with from now on are its records; until there are some, another header may
   * come in its place. Fails with {@link FetchRefusal}, and then nothing has changed.
   *
   * @param headerBlock the {@link LogfileHeader#BYTES} remaining bytes are copied
   */
  public Async<Void> begin(ByteBuffer headerBlock) {
    try {
      LogfileHeader header = decode(headerBlock);
      checkContinues(header);
      ByteBuffer block = ByteBuffer.allocate(LogfileHeader.BYTES);
      block.put(0, headerBlock, headerBlock.position(), LogfileHeader.BYTES);
      begun = Optional.of(new Begun(new ReceivedTail(header), block));
      return Async.done();
    } catch (FetchRefusal refusal) {
      return Async.failed(refusal);
    }
  }

  private LogfileHeader decode(ByteBuffer block) throws FetchRefusal {
    if (block.remaining() != LogfileHeader.BYTES) {
      throw new FetchRefusal(FetchRefusal.Code.CORRUPT, "a header of " + block.remaining());
    }
    Reading<LogfileHeader> reading = LogfileHeader.decode(block, block.position(), resourceId());
    return switch (reading) {
      case Reading.Sound<LogfileHeader>(LogfileHeader header) -> header;
      case Reading.Blank<LogfileHeader> blank -> throw refusal(FetchRefusal.Code.CORRUPT, reading);
      case Reading.Corrupt<LogfileHeader> bad -> throw refusal(FetchRefusal.Code.CORRUPT, reading);
      case Reading.TooNew<LogfileHeader> other ->
          throw refusal(FetchRefusal.Code.NOT_OURS, reading);
      case Reading.Foreign<LogfileHeader> other ->
          throw refusal(FetchRefusal.Code.NOT_OURS, reading);
    };
  }

  private FetchRefusal refusal(FetchRefusal.Code code, Reading<LogfileHeader> reading) {
    return new FetchRefusal(code, "header at LSN " + marks.appended() + ": " + reading.words());
  }

  private void checkContinues(LogfileHeader header) throws FetchRefusal {
    if (header.shape().blockBytes() != LogLimits.BLOCK_BYTES
        || header.shape().sizeBytes() > limits().logfileBytes()) {
      throw refusal(FetchRefusal.Code.NOT_OURS, header, "its shape is " + header.shape());
    }
    if (header.baseLsn() != marks.appended()) {
      boolean gap = header.baseLsn() > marks.appended();
      throw refusal(
          gap ? FetchRefusal.Code.OUT_OF_PLACE : FetchRefusal.Code.DIVERGED,
          header,
          "it begins at LSN " + header.baseLsn() + ", the log here ends at " + marks.appended());
    }
    if (tail.isPresent()) {
      checkContinues(tail.get(), header);
    }
  }

  private static void checkContinues(ReceivedTail before, LogfileHeader header)
      throws FetchRefusal {
    LogfileHeader.Predecessor predecessor = header.predecessor();
    if (predecessor.endLsn() != before.endLsn() || header.number() <= before.header().number()) {
      throw refusal(
          FetchRefusal.Code.DIVERGED,
          header,
          "it follows one that ends at LSN " + predecessor.endLsn());
    }
    boolean sameEpoch = header.epoch().equals(before.header().epoch());
    boolean nextEpoch =
        header.epoch().parent().id().equals(before.epochId())
            && header.epoch().parent().forkLsn() == before.endLsn()
            && header.epoch().startLsn() == header.baseLsn();
    if (!sameEpoch && !nextEpoch) {
      throw refusal(FetchRefusal.Code.DIVERGED, header, "its epoch continues another one");
    }
    if (!predecessor.mayFollow(before.digest())) {
      throw refusal(FetchRefusal.Code.DIVERGED, header, "it continues another chain of records");
    }
  }

  private static FetchRefusal refusal(FetchRefusal.Code code, LogfileHeader header, String what) {
    return new FetchRefusal(code, "header of logfile " + header.number() + ": " + what);
  }

  /**
   * Takes whole records: whole groups of them, up to a log-block boundary. Succeeds when they are
   * durable and have been told to the listener; while there is no room for the logfile that they
   * begin, {@link #shortage} says why it takes so long. Calls may overlap, in log order; how much
   * is under way at a time is the caller's to limit. Fails with {@link FetchRefusal} if the bytes
   * do not count, and then nothing has changed; with another cause if the log has stopped.
   *
   * @param lsn of the first byte, which {@link #next} has given, or the base of the logfile begun
   * @param bytes the remaining ones; not to be changed before the outcome
   */
  public Async<Void> receive(long lsn, ByteBuffer bytes) {
    if (writer.failure().isPresent()) {
      return Async.failed(writer.failure().get());
    }
    if (settled.isPresent()) {
      return Async.failed(new IOException("the log is about to be written here"));
    }
    try {
      ReceivedTail into = target();
      List<ReceivedTail.Told> told = into.check(bytes, lsn);
      into.accept(bytes);
      marks.advanceAppended(into.endLsn());
      hybridTime = HybridClock.later(hybridTime, into.hybridTime());
      ReceiveWriter.Run run =
          new ReceiveWriter.Run(beginning(), lsn, bytes.slice(), told, new Async<>());
      writer.add(run);
      return run.done();
    } catch (FetchRefusal refusal) {
      return Async.failed(refusal);
    }
  }

  private ReceivedTail target() throws FetchRefusal {
    Optional<ReceivedTail> open = tail.filter(it -> !tailIsClosed);
    Optional<ReceivedTail> into = begun.map(Begun::tail).or(() -> open);
    if (into.isEmpty()) {
      throw new FetchRefusal(
          FetchRefusal.Code.OUT_OF_PLACE, "a logfile's header comes at LSN " + marks.appended());
    }
    return into.get();
  }

  /** The logfile that begins with the bytes that were just accepted, if one does. */
  private Optional<ReceiveWriter.Beginning> beginning() {
    Optional<ReceiveWriter.Beginning> beginning =
        begun.map(it ->
            new ReceiveWriter.Beginning(
                it.tail().header(), it.block(), tail.flatMap(ReceivedTail::summary)));
    begun.ifPresent(it -> {
      tail = Optional.of(it.tail());
      tailIsClosed = false;
    });
    begun = Optional.empty();
    return beginning;
  }

  /**
   * Takes nothing from now on; succeeds when everything that was accepted is durable, and the next
   * logfile is ready. Fails where that cannot be, or {@link #goOn} is called before.
   */
  public Async<Void> settled() {
    if (settled.isEmpty()) {
      settled = Optional.of(new Async<>());
      settle();
    }
    return settled.get().then(done -> kept.directory().whenNextReady());
  }

  /** What is accepted may wait for a logfile, and what it waits for may not come. */
  private void settle() {
    Optional<Async<Void>> waiting = settled.filter(it -> !it.isDone());
    if (waiting.isEmpty()) {
      return;
    }
    if (writer.failure().isPresent()) {
      waiting.get().fail(writer.failure().get());
    } else if (writer.isIdle()) {
      waiting.get().succeed(null);
    } else if (writer.awaitsLogfile()) {
      kept.directory()
          .whenNextReady()
          .observe(
              done -> writer.pump(),
              cause -> waiting.filter(it -> !it.isDone()).ifPresent(it -> it.fail(cause)));
    }
  }

  /** The opposite of {@link #settled}: takes what comes next again. */
  public void goOn() {
    Optional<Async<Void>> before = settled;
    settled = Optional.empty();
    before
        .filter(it -> !it.isDone())
        .ifPresent(it -> it.fail(new IOException("the log goes on being received")));
  }

  /**
   * Has ready what {@link #write} takes, memory and the next logfile; fails if that cannot be had
   * now.
   */
  public Async<Void> prepareWrite() {
    kept.readyWriteBuffers();
    return kept.directory().whenNextReady();
  }

  /**
   * Begins an epoch of its own, from exactly here on: the log is settled. As {@link
   * LogOpening#begin}, but that nothing is opened or read; nothing may be asked of this any more.
   *
   * @param volumes the state of all volumes from now on
   */
  public Log write(
      List<StateSnapshot.VolumeState> volumes, Succession succession, Log.Listener next) {
    Invariant.check(
        settled.filter(Async::isDone).isPresent() && marks.appended() == marks.durable(),
        "a settled log",
        marks.durable());
    ReceivedTail last = tail.orElseThrow(() -> new Invariant.Broken("nothing to continue"));
    LogEnd end =
        new LogEnd(marks.durable(), last.digest().orElse(Digest.NONE), hybridTime, state, false);
    Invariant.check(last.endLsn() == end.lsn() && state.isPresent(), "a log that can be continued");
    writer
        .retire()
        .ifPresent(file -> {
          file.close(end.lsn());
          last.summary()
              .ifPresentOrElse(
                  summary -> kept.keepSummary(file, summary), () -> kept.summarized(file));
        });
    untilDurable.failAll(new IOException("the log is written here now"));
    return new Log(kept, end, volumes, Optional.of(succession), next);
  }

  /** Whether everything that was accepted is durable. */
  public boolean isIdle() {
    return writer.isIdle();
  }

  /** The newest durable state of the volumes; empty if nothing was received yet. */
  public Optional<StateSnapshot> state() {
    return state;
  }

  @Override
  public Lineage lineage() {
    return state.map(StateSnapshot::lineage).orElse(Lineage.NONE);
  }

  @Override
  public Owner owner() {
    return kept.seams().owner();
  }

  @Override
  public UUID resourceId() {
    return kept.resourceId();
  }

  @Override
  public LogLimits limits() {
    return kept.limits();
  }

  @Override
  public Watermarks marks() {
    return marks;
  }

  @Override
  public ReadBuffers readBuffers() {
    return kept.readBuffers();
  }

  @Override
  public Checkpoint checkpoint() {
    return kept.checkpoint();
  }

  @Override
  public long usedBytes() {
    return kept.directory().usedBytes();
  }

  @Override
  public Optional<String> shortage() {
    return kept.shortage();
  }

  @Override
  public Optional<String> stopReason() {
    return stopReason;
  }

  @Override
  public long summariesLost() {
    return kept.summariesLost();
  }

  @Override
  public Optional<Logfile> find(long lsn) {
    return kept.directory().find(lsn);
  }

  @Override
  public Logfile pin(long lsn) {
    return kept.pin(lsn);
  }

  @Override
  public void unpin(Logfile file) {
    kept.unpin(file);
  }

  @Override
  public RecordSeed seedOf(Logfile file) {
    return file.seed();
  }

  @Override
  public Async<Void> moveCheckpoint(long checkpoint, long horizon, List<AppliedRange> applied) {
    return kept.moveCheckpoint(checkpoint, horizon, applied);
  }

  @Override
  public Async<Void> forgetApplied() {
    return kept.forgetApplied();
  }

  @Override
  public Async<Void> stampDisk(DiskStamp larger) {
    return kept.stampDisk(larger);
  }

  @Override
  public void release(long lsn) {
    kept.release(lsn);
  }

  @Override
  public void retainFrom(long lsn) {
    kept.retainFrom(lsn);
  }

  @Override
  public long heldBytes() {
    return kept.heldBytes();
  }

  @Override
  public Async<Optional<Delta>> changed(long fromLsn, long toLsn) {
    return kept.changed(fromLsn, toLsn);
  }

  @Override
  public ShippedLog shipped() {
    return new ShippedLog(kept, this::lineage, false);
  }

  /**
   * Calls back when everything below {@code lsn}, which may still have to be received, is durable.
   */
  @Override
  public void whenDurable(long lsn, Completion done) {
    if (lsn <= marks.durable()) {
      owner().execute(done::succeeded);
    } else if (writer.failure().isPresent()) {
      IOException cause = writer.failure().get();
      owner().execute(() -> done.failed(cause));
    } else {
      untilDurable.add(lsn, done);
    }
  }

  @Override
  public void trim() {
    kept.directory().trim();
  }

  @Override
  public Async<Long> trimAll() {
    return kept.directory().trimAll();
  }

  /**
   * Takes nothing any more, waits for what is being written, closes all files and gives the lock
   * back. What was accepted and not begun to be written is given up: it is fetched again.
   */
  @Override
  public Async<Void> close() {
    return writer
        .close()
        .then(done -> {
          untilDurable.failAll(new IOException("the log is closed"));
          return kept.close();
        });
  }
}
