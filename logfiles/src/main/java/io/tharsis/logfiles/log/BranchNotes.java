package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.BranchNote;
import io.tharsis.logfiles.format.HybridClock;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.format.RecordView;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Store;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Knows of each branch in a directory what it is and since when it is kept. That is written down
 * beside it when it is first asked for; a note that cannot be read is written anew.
 */
final class BranchNotes {

  private static final String SUFFIX = "-about";

  private final Store store;
  private final LogBranches.Branch branch;
  private long bytes;

  BranchNotes(Store store, LogBranches.Branch branch) {
    this.store = store;
    this.branch = branch;
  }

  /** What the note of a branch is called. */
  static String fileName(String branch) {
    return branch + SUFFIX;
  }

  /** What the branch is; kept from now on, if nobody has said so before. */
  Async<LogBranches.Kept> read(List<String> names, long nowMillis) {
    String file = fileName(branch.name());
    Async<Optional<BranchNote>> there =
        names.contains(file) ? store.open(file).then(this::note) : Async.of(Optional.empty());
    return Async.forEach(branch.logfiles(), this::measure)
        .then(done -> there)
        .then(found ->
            found.isPresent() ? Async.of(found.get()) : make(names.contains(file), nowMillis))
        .map(note -> new LogBranches.Kept(branch.name(), bytes, note));
  }

  private Async<Void> measure(String logfile) {
    return store
        .open(branch.name() + "-" + logfile)
        .then(disk -> {
          bytes += disk.sizeBytes();
          return disk.close();
        });
  }

  private Async<Optional<BranchNote>> note(Disk disk) {
    ByteBuffer block = ByteBuffer.allocateDirect(BranchNote.BYTES);
    return Async.start(done -> disk.read(block, 0, done))
        .then(done -> disk.close())
        .map(done ->
            BranchNote.decode(block, 0) instanceof Reading.Sound<BranchNote>(BranchNote note)
                ? Optional.of(note)
                : Optional.empty());
  }

  private Async<BranchNote> make(boolean isThere, long nowMillis) {
    String file = fileName(branch.name());
    Scan scan = new Scan(branch.forkLsn());
    return Async.forEach(branch.logfiles(), logfile -> walk(logfile, scan))
        .then(done -> isThere ? store.delete(file) : Async.done())
        .then(done -> write(file, scan.note(nowMillis)))
        .map(done -> scan.note(nowMillis));
  }

  private Async<Void> write(String file, BranchNote note) {
    ByteBuffer block = LogBuffers.aligned(BranchNote.BYTES);
    note.encode(block, 0);
    return store
        .create(file, BranchNote.BYTES)
        .then(disk ->
            Async.start(done -> disk.write(List.of(Extent.of(0, block)), Durability.DURABLE, done))
                .then(done -> disk.close()))
        .then(done -> store.syncDirectory());
  }

  private Async<Void> walk(String logfile, Scan scan) {
    ByteBuffer block = ByteBuffer.allocateDirect(LogfileHeader.BYTES);
    return store
        .open(branch.name() + "-" + logfile)
        .then(disk ->
            Async.start(done -> disk.read(block, 0, done))
                .then(done -> scan.walk(LogfileHeader.decode(block, 0), disk))
                .then(done -> disk.close()));
  }

  /** What the records of the branch say. */
  private static final class Scan implements LogfileScan.Sink {
    private final long fromLsn;
    private UUID resourceId = new UUID(0, 0);
    private long epochNumber;
    private UUID epochId = new UUID(0, 0);
    private long toLsn;
    private long firstMillis;
    private long lastMillis;

    Scan(long fromLsn) {
      this.fromLsn = fromLsn;
      this.toLsn = fromLsn;
    }

    /** A file that is none of a log says nothing. */
    Async<Void> walk(Reading<LogfileHeader> read, Disk disk) {
      if (!(read instanceof Reading.Sound<LogfileHeader>(LogfileHeader header))) {
        return Async.done();
      }
      resourceId = header.resourceId();
      epochNumber = header.epoch().number();
      epochId = header.epoch().id();
      long from = Math.max(fromLsn, header.baseLsn());
      return new LogfileScan(header, disk, this)
          .walk(from, header.limitLsn())
          .map(end -> {
            toLsn = Math.max(toLsn, end.lsn());
            return null;
          });
    }

    @Override
    public void record(RecordView view, ByteBuffer buffer, int at) {
      if (RecordType.isKnown(view.typeCode()) && view.type().changesDisk()) {
        lastMillis = HybridClock.millis(view.hybridTime());
        firstMillis = firstMillis == 0 ? lastMillis : firstMillis;
      }
    }

    BranchNote note(long nowMillis) {
      return new BranchNote(
          resourceId, epochNumber, epochId, fromLsn, toLsn, firstMillis, lastMillis, nowMillis);
    }
  }
}
