package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.format.Summary;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The summaries of closed logfiles, which outlive them: entries one after the other in two
 * preallocated files that are filled in turn, so that the newer half is always there and no other
 * file system user can be in the way. Belongs to the log's owner.
 */
final class SummaryFiles {

  static final List<String> NAMES = List.of("summaries-a", "summaries-b");

  private record Pending(Summary summary, Async<Void> stored) {}

  private final UUID resourceId;
  private final List<Disk> disks;
  private final Scratch scratch = new Scratch(Summary.MAX_BYTES);

  /** Numbers of the logfiles whose summaries each file has, ascending. */
  private final List<NavigableSet<Long>> stored = List.of(new TreeSet<>(), new TreeSet<>());

  private final ArrayDeque<Pending> queue = new ArrayDeque<>();
  private boolean writing;
  private int current;
  private long position;
  private Optional<Async<Void>> closing = Optional.empty();

  private SummaryFiles(UUID resourceId, List<Disk> disks) {
    this.resourceId = resourceId;
    this.disks = disks;
  }

  /** Opens both files and finds the end of the newer one. */
  static Async<SummaryFiles> open(Store store, UUID resourceId) {
    return store
        .open(NAMES.get(0))
        .then(first -> store.open(NAMES.get(1)).map(second -> List.of(first, second)))
        .then(disks -> {
          SummaryFiles files = new SummaryFiles(resourceId, disks);
          return files.load(0).then(done -> files.load(1)).map(done -> files);
        });
  }

  private Async<Void> load(int index) {
    return read(disks.get(index), scratch, resourceId)
        .map(found -> {
          long newest = stored.get(current).isEmpty() ? 0 : stored.get(current).last();
          found.summaries().forEach(summary -> stored.get(index).add(summary.piece().number()));
          if (found.newestNumber() > newest) {
            current = index;
            position = found.endPosition();
          }
          return null;
        });
  }

  /**
   * The entries of one file.
   *
   * @param summaries in ascending order of number
   * @param endPosition where the next entry goes
   */
  record Entries(List<Summary> summaries, long endPosition) {
    long newestNumber() {
      return summaries.isEmpty() ? 0 : summaries.getLast().piece().number();
    }
  }

  /** Reads the entries of one file as far as their numbers ascend; what follows is older. */
  static Async<Entries> read(Disk disk, Scratch scratch, UUID resourceId) {
    ByteBuffer all = ByteBuffer.allocateDirect(Math.toIntExact(disk.sizeBytes()));
    return Async.start(done -> disk.read(all, 0, done))
        .map(done -> entries(all, scratch, resourceId));
  }

  private static Entries entries(ByteBuffer all, Scratch scratch, UUID resourceId) {
    List<Summary> found = new ArrayList<>();
    long last = 0;
    int at = 0;
    while (Summary.entryBytes(all, at) > 0
        && Summary.decode(all, at, scratch, resourceId)
            instanceof Reading.Sound<Summary>(Summary summary)
        && summary.piece().number() > last) {
      last = summary.piece().number();
      found.add(summary);
      at += Summary.entryBytes(all, at);
    }
    return new Entries(found, at);
  }

  /** Everything that is kept, in the order of the logfiles. */
  Async<List<Summary>> all() {
    Scratch own = new Scratch(Summary.MAX_BYTES);
    return read(disks.get(0), own, resourceId)
        .then(first -> read(disks.get(1), own, resourceId).map(second -> inOrder(first, second)))
        .map(all -> {
          own.close();
          return all;
        })
        .orElse(cause -> {
          own.close();
          return Async.failed(cause);
        });
  }

  private static List<Summary> inOrder(Entries first, Entries second) {
    List<Summary> all = new ArrayList<>(first.summaries());
    all.addAll(second.summaries());
    all.sort(Comparator.comparingLong(summary -> summary.piece().number()));
    return all;
  }

  boolean contains(long logfileNumber) {
    return stored.stream().anyMatch(file -> file.contains(logfileNumber));
  }

  /** Keeps a summary, durably; summaries are written in the order of these calls. */
  Async<Void> store(Summary summary) {
    Pending pending = new Pending(summary, new Async<>());
    queue.add(pending);
    if (!writing) {
      writeNext();
    }
    return pending.stored();
  }

  private void writeNext() {
    if (queue.isEmpty()) {
      return;
    }
    writing = true;
    Pending pending = queue.remove();
    write(pending.summary())
        .observe(
            done -> {
              stored.get(current).add(pending.summary().piece().number());
              ended(() -> pending.stored().succeed(null));
            },
            cause -> ended(() -> pending.stored().fail(cause)));
  }

  private void ended(Runnable report) {
    writing = false;
    report.run();
    if (!writing) {
      writeNext();
    }
    closeIfQuiet();
  }

  private Async<Void> write(Summary summary) {
    summary.encode(scratch);
    int bytes = scratch.sizeBytes();
    if (bytes > disks.get(current).sizeBytes()) {
      return Async.failed(new IOException("a summary of " + bytes + " bytes has no room"));
    }
    if (position + bytes > disks.get(current).sizeBytes()) {
      current = 1 - current;
      position = 0;
      stored.get(current).clear();
    }
    ByteBuffer entry = ByteBuffer.allocateDirect(bytes);
    scratch.copyTo(entry, 0);
    long offset = position;
    return Async.start(done ->
            disks.get(current).write(List.of(Extent.of(offset, entry)), Durability.DURABLE, done))
        .map(done -> {
          position = offset + bytes;
          return null;
        });
  }

  /** Forgets the summaries of everything at or above {@code lsn}; a crash may cost all of them. */
  Async<Void> forgetFrom(long lsn) {
    return all()
        .then(known ->
            Async.forEach(disks, SummaryFiles::wipe)
                .then(done -> {
                  stored.forEach(NavigableSet::clear);
                  current = 0;
                  position = 0;
                  return Async.forEach(
                      known.stream().filter(it -> it.piece().endLsn() <= lsn).toList(),
                      this::store);
                }));
  }

  private static Async<Void> wipe(Disk disk) {
    ByteBuffer blank = LogBuffers.aligned(Math.toIntExact(disk.sizeBytes()));
    return Async.start(done -> disk.write(List.of(Extent.of(0, blank)), Durability.DURABLE, done));
  }

  /** Closes the files once everything that was to be kept is. */
  Async<Void> close() {
    Async<Void> closed = new Async<>();
    closing = Optional.of(closed);
    closeIfQuiet();
    return closed;
  }

  /** Once only: whoever was told that the last one is kept may have closed it meanwhile. */
  private void closeIfQuiet() {
    if (closing.isPresent() && !writing && queue.isEmpty()) {
      Async<Void> closed = closing.get();
      closing = Optional.empty();
      scratch.close();
      Async.each(disks, Disk::close).observe(closed::succeed, closed::fail);
    }
  }
}
