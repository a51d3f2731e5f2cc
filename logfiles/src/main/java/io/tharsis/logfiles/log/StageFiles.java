package io.tharsis.logfiles.log;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.ForwardingStore;
import io.tharsis.logfiles.seam.Store;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The files of a replica that begins anew beside what it has: those of its new log and of the side
 * log have names of their own in the directory of the old one, until they take its place. A mark, a
 * file that is there or not, says how far that has come; nothing counts without it. Whoever changes
 * something holds the lock of the directory.
 */
public final class StageFiles {

  /** How far it has come. */
  public enum Phase {
    /** Nothing is staged; files that were to be are of no value. */
    NONE,
    /** The old log and its disks count, and are not touched. */
    STAGED,
    /** The new log counts, and what the side log has is to be put on the disks. */
    FLIPPING,
    /** The disks have it, the old log is gone, and the new one is to get its names. */
    MOVING
  }

  private static final String FRESH = "stage-";
  private static final String SIDE = "side-";
  private static final String STAGED = "staged";
  private static final String FLIPPING = "flipping";
  private static final String MOVING = "moving";
  private static final List<String> MARKS = List.of(STAGED, FLIPPING, MOVING);

  private final Store base;

  /** The stage in a resource's directory. */
  public StageFiles(Store base) {
    this.base = base;
  }

  /** Where the new log is. Its lock is nobody's: whoever uses it holds that of the directory. */
  public Store fresh() {
    return new View(base, FRESH);
  }

  /** Where the side log is; likewise. */
  public Store side() {
    return new View(base, SIDE);
  }

  /** Where the old log is, as long as it counts or is there still; likewise. */
  public Store former() {
    return new View(base, "");
  }

  /** A part of a directory: the files whose names begin alike. */
  private static final class View extends ForwardingStore {
    private final String prefix;

    View(Store behind, String prefix) {
      super(behind);
      this.prefix = prefix;
    }

    @Override
    public String name() {
      return super.name() + "/" + prefix;
    }

    @Override
    public Async<List<String>> list() {
      return super.list().map(names -> without(prefix, names));
    }

    @Override
    public Async<Disk> create(String file, long sizeBytes) {
      return super.create(prefix + file, sizeBytes);
    }

    @Override
    public Async<Disk> open(String file) {
      return super.open(prefix + file);
    }

    @Override
    public Async<Void> rename(String from, String to) {
      return super.rename(prefix + from, prefix + to);
    }

    @Override
    public Async<Void> delete(String file) {
      return super.delete(prefix + file);
    }

    @Override
    public Async<Void> lock() {
      return Async.done();
    }

    @Override
    public Async<Void> unlock() {
      return Async.done();
    }
  }

  private static List<String> without(String prefix, List<String> names) {
    return names.stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .toList();
  }

  /** How far it has come. */
  public Async<Phase> phase() {
    return base.list()
        .map(names ->
            names.contains(MOVING)
                ? Phase.MOVING
                : names.contains(FLIPPING)
                    ? Phase.FLIPPING
                    : names.contains(STAGED) ? Phase.STAGED : Phase.NONE);
  }

  /** Of which resource what counts is; empty if nothing says so. Changes nothing. */
  public Async<Optional<UUID>> resourceId() {
    return base.list()
        .then(names -> {
          boolean counts = names.contains(FLIPPING) || names.contains(MOVING);
          boolean hasOwnName = !names.contains(FRESH + CheckpointFile.NAME);
          String file = (counts && !hasOwnName ? FRESH : "") + CheckpointFile.NAME;
          return names.contains(file) ? readId(file) : Async.of(Optional.empty());
        });
  }

  /** Of which resource the new log is; empty if nothing says so. Changes nothing. */
  public Async<Optional<UUID>> freshId() {
    String file = FRESH + CheckpointFile.NAME;
    return base.list()
        .then(names -> names.contains(file) ? readId(file) : Async.of(Optional.empty()));
  }

  private Async<Optional<UUID>> readId(String file) {
    return base.open(file)
        .then(disk ->
            CheckpointFile.read(disk).orElse(cause -> Async.failedAfter(disk.close(), cause)))
        .then(found ->
            found.isEmpty()
                ? Async.of(Optional.empty())
                : found.get().close().map(done -> Optional.of(found.get().inForce().resourceId())));
  }

  /** New log and side log are there: from now on they are resumed. */
  public Async<Void> stage() {
    return base.create(STAGED, LogLimits.BLOCK_BYTES)
        .then(Disk::close)
        .then(done -> base.syncDirectory());
  }

  /** From now on the new log counts. To be repeated until it has succeeded. */
  public Async<Void> flip() {
    return advance(STAGED, FLIPPING);
  }

  /** A mark may have been found that is not durable yet; this makes it so. */
  private Async<Void> advance(String from, String to) {
    return base.list()
        .then(names -> names.contains(from) ? base.rename(from, to) : Async.done())
        .then(done -> base.syncDirectory());
  }

  /**
   * Goes on where a crash has left it.
   *
   * @param apply puts on the disks what the side log has; may be repeated
   */
  public Async<Void> finish(Supplier<Async<Void>> apply) {
    return phase()
        .then(phase ->
            switch (phase) {
              case NONE, STAGED -> Async.done();
              case FLIPPING ->
                  flip()
                      .then(done -> apply.get())
                      .then(done -> delete(LogCreation::isOurs))
                      .then(done -> move());
              case MOVING -> move();
            });
  }

  private Async<Void> move() {
    return advance(FLIPPING, MOVING)
        .then(done -> delete(name -> name.startsWith(SIDE)))
        .then(done -> base.list())
        .then(
            names -> Async.forEach(without(FRESH, names), name -> base.rename(FRESH + name, name)))
        .then(done -> base.syncDirectory())
        .then(done -> delete(MOVING::equals));
  }

  /**
   * Gives up whatever is staged. The marks go first, durably: nothing else says that it counts.
   * That none was found may be not durable yet.
   */
  public Async<Void> discard() {
    return base.list()
        .then(names ->
            names.stream().noneMatch(StageFiles::isOfStage)
                ? Async.done()
                : Async.forEach(names.stream().filter(MARKS::contains).toList(), base::delete)
                    .then(done -> base.syncDirectory())
                    .then(done -> delete(StageFiles::isOfStage)));
  }

  private static boolean isOfStage(String name) {
    return MARKS.contains(name) || name.startsWith(FRESH) || name.startsWith(SIDE);
  }

  private Async<Void> delete(Predicate<String> which) {
    return base.list()
        .then(names -> {
          List<String> gone = names.stream().filter(which).toList();
          return gone.isEmpty()
              ? Async.done()
              : Async.forEach(gone, base::delete).then(done -> base.syncDirectory());
        });
  }
}
