package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.RecordVerdict;
import io.tharsis.logfiles.format.RecordView;
import io.tharsis.logfiles.seam.Async;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A log as other members fetch it: durable bytes only, from a position that they name, as long as
 * their history is this log's. Belongs to the owner of the log, which is closed only when no read
 * is under way.
 */
public final class ShippedLog {

  /** Most bytes of a run, whatever limit was asked for: room for a batch of any writer. */
  public static final int MAX_RUN_BYTES = 16 << 20;

  /** What there is at a position. */
  public sealed interface Found {

    /**
     * The next bytes: whole records and groups, up to a log-block boundary.
     *
     * @param position where they go: in this logfile, in this epoch
     * @param header the logfile's header, if they are its first
     * @param bytes direct, the reader's until it gives them back
     */
    record Run(Position position, Optional<ByteBuffer> header, ByteBuffer bytes) implements Found {

      /** The position behind these bytes. */
      public Position next() {
        return new Position(
            position.logfileNumber(), position.lsn() + bytes.remaining(), position.epochId());
      }
    }

    /** The asker has everything that is durable here. */
    record Nothing(long durableLsn) implements Found {}

    /**
     * What comes next was recycled, or is damaged history that recovery has given up.
     *
     * @param oldestLsn from where on the log is there
     */
    record Gone(long oldestLsn) implements Found {}

    /**
     * The asker has more than is durable here: this member is behind, or has lost something.
     *
     * @param durableLsn up to where the log is durable here
     */
    record Ahead(long durableLsn) implements Found {}

    /** The asker's log is not a part of this one. */
    record Diverged(String reason) implements Found {}
  }

  private sealed interface Place {
    record In(Logfile file) implements Place {}

    record Not(Found answer) implements Place {}
  }

  private final KeptLog kept;
  private final Supplier<Lineage> lineage;
  private final boolean written;

  /**
   * @param written whether it is written here: then there is no epoch that this log is yet to hear
   *     of
   */
  ShippedLog(KeptLog kept, Supplier<Lineage> lineage, boolean written) {
    this.kept = kept;
    this.lineage = lineage;
    this.written = written;
  }

  /**
   * Reads on from a position. Fails if the log cannot be read there, or is damaged: another member
   * may have it.
   *
   * @param maxBytes that a run should not exceed; it does if its first group does
   */
  public Async<Found> read(Position from, int maxBytes) {
    return switch (locate(from)) {
      case Place.Not(Found answer) -> Async.of(answer);
      case Place.In(Logfile file) -> {
        file.pin();
        yield new Read(kept, file, from.lsn(), limitIn(file))
            .run(maxBytes)
            .map(run -> {
              kept.unpin(file);
              return run;
            })
            .orElse(cause -> {
              kept.unpin(file);
              return Async.failed(cause);
            });
      }
    };
  }

  /** The reader needs the bytes of a run no more; without this call they are collected. */
  public void giveBack(Found.Run run) {
    kept.readBuffers().giveBack(run.bytes());
  }

  /**
   * Where the newest logfile begins that has something durable in it: the latest place from which a
   * new member can receive this log. Empty if nothing is durable yet.
   */
  public Optional<Long> newestBase() {
    return kept.directory().files().stream()
        .map(Logfile::baseLsn)
        .filter(base -> base < kept.marks().durable())
        .max(Comparator.naturalOrder());
  }

  private long limitIn(Logfile file) {
    return Math.min(kept.marks().durable(), file.endLsn());
  }

  private Place locate(Position from) {
    long durable = kept.marks().durable();
    long lsn = from.lsn();
    Optional<Logfile> oldest = kept.directory().oldest();
    if (lsn > durable) {
      return not(beyond(from));
    }
    if (isBranch(from)) {
      return not(otherHistory(from));
    }
    if (oldest.isEmpty()) {
      return not(lsn == durable ? new Found.Nothing(durable) : new Found.Gone(durable));
    }
    long readable = Math.max(oldest.get().baseLsn(), kept.soundLsn());
    if (lsn < readable) {
      return not(new Found.Gone(readable));
    }
    if (from.isStart()) {
      return atBase(lsn, durable);
    }
    Optional<Logfile> before = lsn == 0 ? Optional.empty() : kept.directory().find(lsn - 1);
    if (before.isEmpty()) {
      return behindRecycled(from, oldest.get());
    }
    LogfileHeader header = before.get().header();
    if (!header.epoch().id().equals(from.epochId()) || header.number() != from.logfileNumber()) {
      return not(otherHistory(from));
    }
    if (!TailSearch.isBoundary(header.baseLsn(), lsn)) {
      return not(new Found.Diverged("LSN " + lsn + " is within a log block"));
    }
    if (lsn == durable) {
      return not(new Found.Nothing(durable));
    }
    return lsn < before.get().endLsn() ? new Place.In(before.get()) : atBase(lsn, durable);
  }

  private static Place not(Found answer) {
    return new Place.Not(answer);
  }

  /**
   * The asker has log of its own where this one has other log: of an epoch that is not here, or
   * beyond where that one was continued. Said also where the log is gone, lest the asker take for
   * granted that it only missed something.
   */
  private boolean isBranch(Position from) {
    return !from.isStart() && (isOfUnknownEpoch(from) || isPastFork(from));
  }

  private boolean isOfUnknownEpoch(Position from) {
    List<Epoch> epochs = lineage.get().epochs();
    boolean all = !epochs.isEmpty() && epochs.size() < Lineage.MAX_EPOCHS;
    return all && epochs.stream().noneMatch(epoch -> epoch.id().equals(from.epochId()));
  }

  private boolean isPastFork(Position from) {
    List<Epoch> epochs = lineage.get().epochs();
    for (int i = epochs.size() - 1; i > 0; i--) {
      if (epochs.get(i).id().equals(from.epochId())) {
        return false;
      }
      Epoch.Parent parent = epochs.get(i).parent();
      if (parent.id().equals(from.epochId())) {
        return from.lsn() > parent.forkLsn();
      }
    }
    return false;
  }

  /** The asker has more than is durable here; of an epoch that ended before, it is a branch. */
  private Found beyond(Position from) {
    return isPastFork(from) || (written && isOfUnknownEpoch(from))
        ? otherHistory(from)
        : new Found.Ahead(kept.marks().durable());
  }

  private static Found otherHistory(Position from) {
    return new Found.Diverged(
        "logfile %d of epoch %s does not reach to LSN %d here"
            .formatted(from.logfileNumber(), from.epochId(), from.lsn()));
  }

  /** A logfile begins at this position. */
  private Place atBase(long lsn, long durable) {
    if (lsn == durable) {
      return not(new Found.Nothing(durable));
    }
    return kept.directory()
        .find(lsn)
        .filter(file -> file.baseLsn() == lsn)
        .<Place>map(Place.In::new)
        .orElseGet(() -> not(new Found.Diverged("no logfile begins at LSN " + lsn)));
  }

  /** The logfile before the oldest one is recycled: its epoch is known by its successor. */
  private Place behindRecycled(Position from, Logfile oldest) {
    LogfileHeader header = oldest.header();
    boolean ours =
        header.epoch().id().equals(from.epochId())
            || header.epoch().parent().id().equals(from.epochId());
    return ours && header.number() > from.logfileNumber()
        ? atBase(from.lsn(), kept.marks().durable())
        : not(otherHistory(from));
  }

  /** One read of a pinned logfile: as much as is whole, and at least one group. */
  private static final class Read {
    private final ReadBuffers buffers;
    private final RecentLog recent;
    private final Logfile file;
    private final long from;
    private final long limit;
    private final RecordView view = new RecordView();
    private ByteBuffer bytes;
    private int checked;
    private int whole;

    Read(KeptLog kept, Logfile file, long from, long limit) {
      this.buffers = kept.readBuffers();
      this.recent = kept.recent();
      this.bytes = buffers.take(0);
      this.file = file;
      this.from = from;
      this.limit = limit;
    }

    Async<Found> run(int maxBytes) {
      return readUpTo(LogLimits.blockUp(maxBytes))
          .then(done ->
              header().map(block -> new Found.Run(position(), block, bytes.flip().limit(whole))));
    }

    private Position position() {
      return new Position(file.number(), from, file.header().epoch().id());
    }

    private Async<Optional<ByteBuffer>> header() {
      if (from != file.baseLsn()) {
        return Async.of(Optional.empty());
      }
      ByteBuffer block = ByteBuffer.allocateDirect(LogfileHeader.BYTES);
      return Async.start(done -> file.disk().read(block, 0, done))
          .then(done ->
              LogfileHeader.decode(block, 0).sound().filter(file.header()::equals).isPresent()
                  ? Async.of(Optional.of(block))
                  : Async.failed(damaged(file.baseLsn(), "its header")));
    }

    /** What was read before stays: a group that is longer than wanted is read once. */
    private Async<Void> readUpTo(long wanted) {
      int end = (int) Math.min(Math.min(wanted, MAX_RUN_BYTES), limit - from);
      int before = bytes.position();
      ByteBuffer longer = buffers.take(end).put(bytes.flip());
      buffers.giveBack(bytes);
      bytes = longer;
      ByteBuffer rest = bytes.slice(before, end - before);
      return bytesAt(from + before, rest)
          .then(done -> {
            bytes.position(end);
            try {
              check();
            } catch (LogDamage damage) {
              return Async.failed(damage);
            }
            if (whole > 0) {
              return Async.done();
            }
            return end < limit - from && end < MAX_RUN_BYTES
                ? readUpTo(2L * end)
                : Async.failed(damaged(from, "no group ends within " + end + " bytes"));
          });
    }

    private Async<Void> bytesAt(long lsn, ByteBuffer into) {
      return recent.read(lsn, into)
          ? Async.done()
          : Async.start(done -> file.disk().read(into, file.fileOffset(lsn), done));
    }

    /**
     * Goes on through what was read, up to a record that is not all there. Every record is checked;
     * whole are the bytes up to the last log-block boundary between groups.
     */
    private void check() throws LogDamage {
      while (checked < bytes.position()) {
        RecordVerdict verdict = view.decode(file.seed(), bytes, checked, from + checked);
        if (verdict == RecordVerdict.OK
            || (verdict == RecordVerdict.UNKNOWN_TYPE && view.isSkippable())) {
          verdict = view.checkBody(bytes, checked);
        }
        if (verdict == RecordVerdict.TRUNCATED) {
          return;
        }
        if (verdict != RecordVerdict.OK) {
          if (whole > 0) {
            return; // what is before it can be had
          }
          throw damaged(from + checked, verdict.toString());
        }
        checked += view.totalBytes();
        if (!view.isAtomicWithNext() && TailSearch.isBoundary(file.baseLsn(), from + checked)) {
          whole = checked;
        }
      }
    }

    private LogDamage damaged(long lsn, String what) {
      return new LogDamage(
          LogDamage.Code.LOG_DAMAGED, file + " is damaged at LSN " + lsn + ": " + what, lsn);
    }
  }
}
