package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.LogfileName;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.NoSpaceException;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The logfiles of one resource: those that hold log, the one that is prepared to be the next, and
 * spare ones. The working set is created with the resource and recycled for ever; more files are
 * made while un-applied log needs them, and removed again. Belongs to the log's owner.
 */
final class LogDirectory {

  /** A file that holds nothing of value, zero-filled or recycled. */
  record Spare(String name, Disk disk) {}

  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Store store;
  private final Clock clock;
  private final LogLimits limits;
  private final String host;
  private final NavigableMap<Long, Logfile> live = new TreeMap<>();
  private final ArrayDeque<Spare> spares = new ArrayDeque<>();
  private Optional<Spare> next = Optional.empty();
  private long nextNumber;
  private boolean busy;
  private Optional<Async<Void>> closing = Optional.empty();
  private Optional<IOException> shortage = Optional.empty();
  private final List<Runnable> whenEnded = new ArrayList<>();
  private Runnable onNextReady = () -> {};
  private Runnable onSpaceLimit = () -> {};

  LogDirectory(Store store, Clock clock, LogLimits limits, String host) {
    this.store = store;
    this.clock = clock;
    this.limits = limits;
    this.host = host;
  }

  /** Takes over what recovery found. Files are in ascending order of number. */
  void adopt(Collection<Logfile> files, Collection<Spare> unused, long highestNumber) {
    for (Logfile file : files) {
      live.put(file.baseLsn(), file);
    }
    spares.addAll(unused);
    nextNumber = highestNumber + 1;
  }

  /** What to run, on the owner, whenever the next logfile has become ready. */
  void onNextReady(Runnable message) {
    onNextReady = message;
  }

  /** What to run when the next logfile cannot be made because the log takes all it may. */
  void onSpaceLimit(Runnable message) {
    onSpaceLimit = message;
  }

  /** Number that the next logfile has. */
  long nextNumber() {
    return nextNumber;
  }

  /** The prepared next file, if it is ready; the caller begins it. */
  Optional<Spare> takeNext() {
    Optional<Spare> taken = next;
    if (taken.isPresent()) {
      next = Optional.empty();
      nextNumber++;
    }
    return taken;
  }

  /**
   * The prepared next file under a name that somebody else has chosen, durable in the directory. If
   * that fails the file stays with the spare ones, and the next one is prepared anew.
   */
  Async<Spare> takeNextAs(LogfileName name) {
    Spare prepared = next.orElseThrow(() -> new Invariant.Broken("no next logfile is ready"));
    next = Optional.empty();
    busy = true;
    spares.addFirst(prepared);
    Spare taken = takeSpare(name.toString());
    Async<Spare> result = new Async<>();
    rename(taken, name.toString())
        .observe(
            named ->
                store
                    .syncDirectory()
                    .observe(
                        done -> {
                          nextNumber = name.number() + 1;
                          ended();
                          result.succeed(named);
                        },
                        cause -> notTaken(named, cause, result)),
            cause -> notTaken(taken, cause, result));
    return result;
  }

  private void notTaken(Spare spare, IOException cause, Async<Spare> result) {
    spares.addFirst(spare);
    failed(cause);
    result.fail(cause);
  }

  boolean isNextReady() {
    return next.isPresent();
  }

  /** Sees to it that the next logfile is ready, and stays so; fails if it cannot be had now. */
  Async<Void> whenNextReady() {
    prepareNext();
    return busy && next.isEmpty() ? afterWork() : hasNext();
  }

  private Async<Void> afterWork() {
    Async<Void> later = new Async<>();
    whenEnded.add(() -> {
      boolean isTriedAgain = next.isEmpty() && shortage.isEmpty();
      (isTriedAgain ? whenNextReady() : hasNext()).observe(later::succeed, later::fail);
    });
    return later;
  }

  private Async<Void> hasNext() {
    return next.isPresent()
        ? Async.done()
        : Async.failed(
            new NoSpaceException(
                "there is no room for another logfile: "
                    + shortage.map(IOException::getMessage).orElse("the log is being closed")));
  }

  /** Whether there is another file behind the next one, or may be made. */
  boolean isNextSpare() {
    return isNextReady() && (!spares.isEmpty() || mayGrow());
  }

  /** A logfile has been begun. */
  void begun(Logfile file) {
    Invariant.check(live.isEmpty() || newest().isClosed(), "one open logfile", file.number());
    Optional<Logfile> replaced = Optional.ofNullable(live.put(file.baseLsn(), file));
    // A logfile that ended where it began holds nothing; its successor has the same base.
    replaced.ifPresent(empty -> spares.add(new Spare(empty.name(), empty.disk())));
    prepareNext();
  }

  Logfile newest() {
    return live.lastEntry().getValue();
  }

  Optional<Logfile> oldest() {
    return Optional.ofNullable(live.firstEntry()).map(entry -> entry.getValue());
  }

  /** The logfile that holds a position, if it is still there. */
  Optional<Logfile> find(long lsn) {
    return Optional.ofNullable(live.floorEntry(lsn))
        .map(entry -> entry.getValue())
        .filter(file -> file.contains(lsn));
  }

  List<Logfile> files() {
    return List.copyOf(live.values());
  }

  /** Space that all files together take, in bytes. */
  long usedBytes() {
    return fileCount() * limits.logfileBytes();
  }

  private long fileCount() {
    return (long) live.size() + spares.size() + (next.isPresent() || busy ? 1 : 0);
  }

  /** Why no further logfile can be made at the moment. */
  Optional<IOException> shortage() {
    return shortage;
  }

  /** Whether no next logfile can be had because the log takes all it may. */
  boolean isOutOfSpace() {
    return next.isEmpty() && !busy && spares.isEmpty() && !mayGrow();
  }

  private boolean mayGrow() {
    return usedBytes() + limits.logfileBytes() <= limits.maxLogBytes();
  }

  /** Sees to it that the next logfile is ready: a spare one, or a new one while space allows. */
  void prepareNext() {
    if (next.isPresent() || busy || closing.isPresent()) {
      return;
    }
    String name = LogfileName.of(nextNumber, host).toString();
    if (!spares.isEmpty()) {
      busy = true;
      Spare spare = takeSpare(name);
      rename(spare, name)
          .observe(
              this::makeDurable,
              cause -> {
                spares.addFirst(spare);
                failed(cause);
              });
    } else if (mayGrow()) {
      busy = true;
      store
          .create(name, limits.logfileBytes())
          .observe(disk -> makeDurable(new Spare(name, disk)), this::failed);
    } else {
      shortage = Optional.of(new IOException("the log space limit is reached"));
      onSpaceLimit.run();
    }
  }

  private Spare takeSpare(String wanted) {
    for (Spare spare : spares) {
      if (spare.name().equals(wanted)) {
        spares.remove(spare);
        return spare;
      }
    }
    return spares.remove();
  }

  private Async<Spare> rename(Spare spare, String name) {
    return spare.name().equals(name)
        ? Async.of(spare)
        : store.rename(spare.name(), name).map(done -> new Spare(name, spare.disk()));
  }

  /** The file has its new name now, whether or not that can be made durable at once. */
  private void makeDurable(Spare named) {
    store
        .syncDirectory()
        .observe(
            done -> prepared(named),
            cause -> {
              spares.addFirst(named);
              failed(cause);
            });
  }

  private void prepared(Spare file) {
    shortage = Optional.empty();
    next = Optional.of(file);
    ended();
    onNextReady.run();
  }

  /** Whatever has failed, perhaps only giving space back: it is a shortage if a file is wanted. */
  private void failed(IOException cause) {
    if (next.isEmpty()) {
      shortage = Optional.of(cause);
    }
    ended();
    clock.after(RETRY, this::prepareNext);
  }

  private void ended() {
    busy = false;
    closing.ifPresent(this::closeAll);
    List<Runnable> waiting = List.copyOf(whenEnded);
    whenEnded.clear();
    waiting.forEach(Runnable::run);
  }

  /**
   * Recycles every logfile that ends at or below {@code released}, is summarized and unpinned, and
   * whose successor's state snapshot is durable. Gives the LSN from which the log is retained.
   */
  long recycleBelow(long released, long durable) {
    while (live.size() > 1) {
      Logfile first = live.firstEntry().getValue();
      Logfile second = live.higherEntry(first.baseLsn()).getValue();
      boolean superseded = durable > second.baseLsn();
      if (first.endLsn() > released || first.isPinned() || !first.isSummarized() || !superseded) {
        break;
      }
      live.remove(first.baseLsn());
      spares.add(new Spare(first.name(), first.disk()));
    }
    if (!spares.isEmpty()) {
      prepareNext();
    }
    return live.firstEntry().getValue().baseLsn();
  }

  /** Gives space beyond the working set back, one file at a time; for an idle log. */
  void trim() {
    if (!busy && hasExtra()) {
      deleteExtra().observe(done -> {}, cause -> {});
    }
  }

  /** Gives all space beyond the working set back that nobody needs; yields how much, in bytes. */
  Async<Long> trimAll() {
    return trimFrom(0);
  }

  private Async<Long> trimFrom(long givenBytes) {
    if (busy && closing.isEmpty()) {
      Async<Long> later = new Async<>();
      whenEnded.add(() -> trimFrom(givenBytes).observe(later::succeed, later::fail));
      return later;
    }
    return hasExtra()
        ? deleteExtra().then(done -> trimFrom(givenBytes + limits.logfileBytes()))
        : Async.of(givenBytes);
  }

  private boolean hasExtra() {
    return closing.isEmpty() && !spares.isEmpty() && fileCount() > limits.workingSet();
  }

  private Async<Void> deleteExtra() {
    busy = true;
    Async<Void> deleted = new Async<>();
    Spare extra = spares.removeLast();
    extra
        .disk()
        .close()
        // What cannot be closed in order has lost nothing that anybody needs.
        .orElse(failed -> Async.done())
        .then(done -> store.delete(extra.name()).orElse(cause -> keep(extra.name(), cause)))
        .then(done -> store.syncDirectory())
        .observe(
            done -> {
              ended();
              // Whoever asked for the next logfile meanwhile was not served.
              prepareNext();
              deleted.succeed(null);
            },
            cause -> {
              failed(cause);
              deleted.fail(cause);
            });
    return deleted;
  }

  /** A file that cannot be deleted takes its space and its name: it stays a spare one. */
  private Async<Void> keep(String name, IOException cause) {
    return store
        .open(name)
        .then(disk -> {
          spares.addLast(new Spare(name, disk));
          return Async.failed(cause);
        });
  }

  /** Closes all files, once nothing is in flight here; the log itself has nothing in flight. */
  Async<Void> close() {
    Async<Void> closed = new Async<>();
    closing = Optional.of(closed);
    if (!busy) {
      closeAll(closed);
    }
    return closed;
  }

  private void closeAll(Async<Void> closed) {
    List<Disk> disks = new ArrayList<>();
    live.values().forEach(file -> disks.add(file.disk()));
    spares.forEach(spare -> disks.add(spare.disk()));
    next.ifPresent(spare -> disks.add(spare.disk()));
    Async.each(disks, Disk::close).observe(closed::succeed, closed::fail);
  }
}
