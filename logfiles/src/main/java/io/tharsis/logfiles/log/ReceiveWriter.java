package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.Summary;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Invariant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes received bytes durable at their places: one durable write at a time, of everything that has
 * come meanwhile; a logfile's header goes with its first records. Belongs to a {@link ReceivedLog}.
 */
final class ReceiveWriter {

  /**
   * A logfile that begins with a run.
   *
   * @param block its header, byte for byte
   * @param before the summary of the logfile that ends here, unless damaged history hides it
   */
  record Beginning(LogfileHeader header, ByteBuffer block, Optional<Summary> before) {}

  /**
   * Verified bytes on their way to the disk.
   *
   * @param beginning present if they are the first of a logfile
   * @param lsn of the first byte
   * @param bytes not to be changed before {@code done}
   * @param told what they tell the resource
   */
  record Run(
      Optional<Beginning> beginning,
      long lsn,
      ByteBuffer bytes,
      List<ReceivedTail.Told> told,
      Async<Void> done) {}

  /** What the writer tells the log it belongs to. */
  interface Listener {
    /** These runs are durable, and the watermarks have moved. */
    void durable(List<Run> runs);

    /** The logfile that is wanted next could not be had; that is tried again. */
    void stalled();

    /** A write failed; nothing is written any more. */
    void stopped(Logfile file, IOException cause);
  }

  /** Batches of the primary that one write may take: what waits is written in fewer writes. */
  private static final long BATCHES = 2;

  private final KeptLog kept;
  private final LogDirectory directory;
  private final Listener listener;
  private final ArrayDeque<Run> queue = new ArrayDeque<>();
  private Optional<Logfile> file;
  private boolean busy;
  private Optional<IOException> failure = Optional.empty();
  private Optional<Async<Void>> closing = Optional.empty();

  /** {@code file}, the one that is being received, if there is one. */
  ReceiveWriter(KeptLog kept, Optional<Logfile> file, Listener listener) {
    this.kept = kept;
    this.directory = kept.directory();
    this.file = file;
    this.listener = listener;
  }

  /** Why nothing is taken any more. */
  Optional<IOException> failure() {
    return failure;
  }

  /** Whether everything that was added is durable. */
  boolean isIdle() {
    return queue.isEmpty() && !busy;
  }

  /** Takes a run that follows the one before it. */
  void add(Run run) {
    queue.add(run);
    pump();
  }

  /** Starts the next write, if there is one and none is under way. */
  void pump() {
    if (busy || failure.isPresent() || queue.isEmpty()) {
      return;
    }
    Optional<Beginning> beginning = queue.element().beginning().filter(it -> !isBegun(it));
    if (beginning.isEmpty()) {
      write();
    } else if (directory.isNextReady()) {
      begin(beginning.get());
    } else {
      directory.prepareNext();
    }
  }

  /** Whether what comes next begins a logfile that is not there yet. */
  boolean awaitsLogfile() {
    return !busy
        && !queue.isEmpty()
        && queue.element().beginning().filter(it -> !isBegun(it)).isPresent();
  }

  /** Takes nothing any more, everything being durable; gives the logfile that is not closed. */
  Optional<Logfile> retire() {
    Invariant.check(isIdle() && failure.isEmpty(), "nothing is in flight");
    failure = Optional.of(new IOException("the log is written here now"));
    return file;
  }

  private boolean isBegun(Beginning beginning) {
    return file.filter(it -> it.header().equals(beginning.header())).isPresent();
  }

  private void begin(Beginning beginning) {
    busy = true;
    directory
        .takeNextAs(beginning.header().name())
        .observe(
            spare -> {
              busy = false;
              begun(spare, beginning);
              pump();
              closeIfAsked();
            },
            cause -> {
              // Named as a shortage by the directory, which prepares another one.
              busy = false;
              listener.stalled();
              closeIfAsked();
            });
  }

  /** From here on its predecessor, which is durable, is closed. */
  private void begun(LogDirectory.Spare spare, Beginning beginning) {
    LogfileHeader header = beginning.header();
    file.ifPresent(before -> {
      before.close(header.baseLsn());
      beginning
          .before()
          .ifPresentOrElse(
              summary -> kept.keepSummary(before, summary), () -> kept.summarized(before));
    });
    Logfile begun = new Logfile(spare.name(), header, spare.disk());
    directory.begun(begun);
    file = Optional.of(begun);
    if (spare.disk().sizeBytes() < header.shape().sizeBytes()) {
      failed(
          List.of(),
          new IOException(
              "%s has %d bytes, the logfile has %d"
                  .formatted(
                      spare.disk().name(), spare.disk().sizeBytes(), header.shape().sizeBytes())));
    }
  }

  private void write() {
    Logfile into = file.orElseThrow(() -> new Invariant.Broken("no logfile to receive into"));
    List<Run> runs = takeRuns();
    Run first = runs.getFirst();
    ByteBuffer all = gather(runs);
    long offset = first.beginning().isPresent() ? 0 : into.fileOffset(first.lsn());
    busy = true;
    Async.start(
            done -> into.disk().write(List.of(Extent.of(offset, all)), Durability.DURABLE, done))
        .observe(
            done -> {
              kept.readBuffers().giveBack(all);
              written(runs);
            },
            cause -> failed(runs, cause));
  }

  private List<Run> takeRuns() {
    List<Run> runs = new ArrayList<>();
    long bytes = 0;
    do {
      Run run = queue.remove();
      runs.add(run);
      bytes += run.bytes().remaining();
    } while (!queue.isEmpty()
        && queue.element().beginning().isEmpty()
        && bytes + queue.element().bytes().remaining() <= BATCHES * kept.limits().batchBytes());
    return runs;
  }

  /** One aligned buffer, because the bytes may have come in any. */
  private ByteBuffer gather(List<Run> runs) {
    int bytes = runs.getFirst().beginning().isPresent() ? LogfileHeader.BYTES : 0;
    for (Run run : runs) {
      bytes += run.bytes().remaining();
    }
    ByteBuffer into = kept.readBuffers().take(bytes);
    runs.getFirst().beginning().ifPresent(it -> into.put(it.block().duplicate()));
    runs.forEach(run -> into.put(run.bytes().duplicate()));
    return into.flip();
  }

  private void written(List<Run> runs) {
    busy = false;
    Run last = runs.getLast();
    kept.marks().advanceWritten(last.lsn() + last.bytes().remaining());
    kept.marks().advanceDurable(kept.marks().written());
    runs.getFirst().beginning().ifPresent(it -> kept.nameEpoch(it.header().epoch()));
    pump();
    listener.durable(runs);
    runs.forEach(run -> run.done().succeed(null));
    closeIfAsked();
  }

  private void failed(List<Run> runs, IOException cause) {
    busy = false;
    failure = Optional.of(cause);
    listener.stopped(file.orElseThrow(), cause);
    runs.forEach(run -> run.done().fail(cause));
    failQueued(cause);
    closeIfAsked();
  }

  private void failQueued(IOException cause) {
    while (!queue.isEmpty()) {
      queue.remove().done().fail(cause);
    }
  }

  /** Takes nothing any more; succeeds when nothing is in flight. */
  Async<Void> close() {
    Async<Void> closed = new Async<>();
    closing = Optional.of(closed);
    if (failure.isEmpty()) {
      failure = Optional.of(new IOException("the log is being closed"));
      failQueued(failure.get());
    }
    closeIfAsked();
    return closed;
  }

  private void closeIfAsked() {
    if (!busy && closing.isPresent()) {
      Async<Void> closed = closing.get();
      closing = Optional.empty();
      closed.succeed(null);
    }
  }
}
