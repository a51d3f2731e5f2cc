package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.RecordVerdict;
import io.tharsis.logfiles.format.RecordView;
import io.tharsis.logfiles.log.Logfile;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The piece of log that one run of the Applier puts on the disks: read into memory, checked, and
 * indexed by volume and range with only the newest version of each. It ends behind the last whole
 * atomic group. Belongs to the Applier; one at a time.
 */
final class ApplyWindow {

  /** How much is read and indexed in one turn of the owner. */
  private static final int SLICE_BYTES = 256 << 10;

  /** A record that changes a disk. */
  private record Change(int volume, Range range, long lsn, Overlay.Kind kind) {}

  private final ReadableLog log;
  private final ByteBuffer buffer;
  private final RecordView view = new RecordView();
  private final Map<Integer, Overlay> newest = new TreeMap<>();
  private final List<Change> group = new ArrayList<>();
  private final Logfile file;
  private final long fromLsn;
  private final long limitLsn;
  private long readLsn;
  private long parsedLsn;
  private long groupEndLsn;

  private ApplyWindow(ReadableLog log, Logfile file, ByteBuffer buffer, long from, long limit) {
    this.log = log;
    this.file = file;
    this.buffer = buffer.clear();
    this.fromLsn = from;
    this.readLsn = from;
    this.parsedLsn = from;
    this.groupEndLsn = from;
    this.limitLsn = Math.min(Math.min(limit, file.endLsn()), from + buffer.capacity());
  }

  /**
   * Loads the log from {@code from} to at most {@code limit} and {@code windowBytes} further,
   * within one logfile.
   */
  static Async<ApplyWindow> load(ReadableLog log, ByteBuffer buffer, long from, long limit) {
    Optional<Logfile> file = log.find(from);
    if (file.isEmpty()) {
      return Async.failed(new IOException("no logfile holds LSN " + from));
    }
    ApplyWindow window = new ApplyWindow(log, file.get(), buffer, from, limit);
    return Async.repeat(window::loadSlice);
  }

  private Async<Optional<ApplyWindow>> loadSlice() {
    int bytes = (int) Math.min(SLICE_BYTES, limitLsn - readLsn);
    if (bytes == 0) {
      return groupEndLsn > fromLsn
          ? Async.of(Optional.of(this))
          : Async.failed(damaged("no whole record"));
    }
    ByteBuffer slice = buffer.slice(position(readLsn), bytes);
    return Async.start(done -> file.disk().read(slice, file.fileOffset(readLsn), done))
        .then(done -> {
          readLsn += bytes;
          return parse()
              .<Async<Optional<ApplyWindow>>>map(Async::failed)
              .orElse(Async.of(Optional.empty()));
        });
  }

  /** Indexes the whole records that have been read; the failure if the log is damaged. */
  private Optional<IOException> parse() {
    buffer.limit(position(readLsn));
    while (parsedLsn < readLsn) {
      int at = position(parsedLsn);
      RecordVerdict verdict = view.decode(log.seedOf(file), buffer, at, parsedLsn);
      if (verdict == RecordVerdict.OK) {
        verdict = view.checkBody(buffer, at);
      }
      if (verdict == RecordVerdict.TRUNCATED) {
        break;
      }
      boolean skipped = verdict == RecordVerdict.UNKNOWN_TYPE && view.isSkippable();
      if (verdict != RecordVerdict.OK && !skipped) {
        return Optional.of(damaged(verdict.toString()));
      }
      if (!skipped && view.type().changesDisk()) {
        group.add(
            new Change(
                view.volume(),
                new Range(view.offset(), view.offset() + view.lengthBytes()),
                parsedLsn,
                Overlay.Kind.of(view.type())));
      }
      parsedLsn += view.totalBytes();
      if (skipped || !view.isAtomicWithNext()) {
        endGroup();
      }
    }
    buffer.clear();
    return Optional.empty();
  }

  /** Only now do the records of the group count: it is whole. */
  private void endGroup() {
    for (Change change : group) {
      newest
          .computeIfAbsent(change.volume(), number -> new Overlay())
          .put(change.range().from(), change.range().to(), change.lsn(), change.kind());
    }
    group.clear();
    groupEndLsn = parsedLsn;
  }

  private IOException damaged(String what) {
    return new DamagedLogException(
        "the log is damaged at LSN " + parsedLsn + " in " + file + ": " + what);
  }

  private int position(long lsn) {
    return Math.toIntExact(lsn - fromLsn);
  }

  /** Where the window begins. */
  long fromLsn() {
    return fromLsn;
  }

  /** Where the window ends: a boundary of atomic groups. */
  long endLsn() {
    return groupEndLsn;
  }

  /**
   * Newest version of each range, by volume. Records of a group that the window cuts off are not in
   * it.
   */
  Map<Integer, Overlay> newest() {
    return newest;
  }

  /** Whether it changes anything in a range of a volume. */
  boolean changes(int volume, Range range) {
    Optional<Overlay> changed = Optional.ofNullable(newest.get(volume));
    return changed.isPresent() && changed.get().intersects(range.from(), range.to());
  }

  /** Bytes {@code [from, to)} of the volume as the record at {@code lsn} has them. */
  ByteBuffer data(long lsn, long from, long to) {
    int at = position(lsn);
    RecordVerdict verdict = view.decode(log.seedOf(file), buffer, at, lsn);
    if (verdict != RecordVerdict.OK) {
      throw new IllegalStateException("a record changed in memory: " + verdict);
    }
    ByteBuffer payload = view.payload(buffer, at);
    return switch (Overlay.Kind.of(view.type())) {
      case DATA -> payload.slice(Math.toIntExact(from - view.offset()), Math.toIntExact(to - from));
      case FILL -> fill(payload, from - view.offset(), Math.toIntExact(to - from));
      case ZERO -> throw new IllegalStateException("zeros have no data");
    };
  }

  private static ByteBuffer fill(ByteBuffer pattern, long skip, int bytes) {
    ByteBuffer filled = ByteBuffer.allocateDirect(bytes);
    int at = Math.toIntExact(skip % pattern.capacity());
    for (int i = 0; i < bytes; i++) {
      filled.put(i, pattern.get(at));
      at = at + 1 == pattern.capacity() ? 0 : at + 1;
    }
    return filled;
  }
}
