package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.DirtyRegions.Stamp;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.ReceivedLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What reaches the disks of a secondary beside its log: contents that a sync brings, onto dirty
 * ranges that are held; and what of the disks is read for other members. Belongs to its {@link
 * FollowingResource}.
 */
final class SyncWrites {

  private final ReceivedLog log;
  private final Applier applier;
  private final List<VolumeCopy> volumes;
  private final DirtyMap dirty;
  private final Runnable onProgress;
  private final List<Hold> writing = new ArrayList<>();
  private int inFlight;
  private Optional<String> problem = Optional.empty();
  private boolean refusing;

  SyncWrites(
      ReceivedLog log,
      Applier applier,
      List<VolumeCopy> volumes,
      DirtyMap dirty,
      Runnable onProgress) {
    this.log = log;
    this.applier = applier;
    this.volumes = volumes;
    this.dirty = dirty;
    this.onProgress = onProgress;
  }

  DirtyMap dirty() {
    return dirty;
  }

  /** Begins where the last opening has left off. */
  Async<Void> begin() {
    if (dirty.isStray(log.lineage())) {
      return giveUpStray();
    }
    return dirty.isDurablyEmpty() ? Async.done() : forgetProof();
  }

  /** The log has gone on, perhaps in another epoch: what was synced may be of a branch. */
  void logWentOn() {
    if (dirty.isStray(log.lineage())) {
      // what fails is tried again as any change of the map, and the proof is forgotten by the next
      // opening, too
      giveUpStray().observe(done -> {}, cause -> {});
    }
  }

  private Async<Void> giveUpStray() {
    applier.prove(false);
    Async<Void> durable = dirty.giveUpStray();
    return counted(() -> durable.then(done -> log.forgetApplied()));
  }

  /** From now on others than the Applier write to the disks, and attaching can prove nothing. */
  private Async<Void> forgetProof() {
    applier.prove(false);
    return log.checkpoint().applied().isEmpty() ? Async.done() : log.forgetApplied();
  }

  boolean isConsistent() {
    return dirty.isEmpty()
        && dirty.isDurablyEmpty()
        && dirty.newest().lsn() <= log.marks().checkpoint();
  }

  Async<Void> makeDirty(int volume, RegionSet regions) {
    applier.prove(false);
    return counted(() -> dirty.add(volume, regions).then(done -> log.forgetApplied()));
  }

  Async<Void> put(Hold hold, ByteBuffer content, Stamp stamp) {
    if (content.remaining() != hold.range().lengthBytes()) {
      return Async.failed(new IOException("content of " + content.remaining() + " bytes"));
    }
    List<Extent> extents = List.of(Extent.of(hold.range().from(), content));
    return change(
        hold,
        stamp,
        disk -> Async.start(done -> disk.disk().write(extents, Durability.BUFFERED, done)));
  }

  Async<Void> putZeros(Hold hold, Stamp stamp) {
    return change(hold, stamp, disk -> Async.start(done -> disk.disk().punch(hold.range(), done)));
  }

  Async<Void> confirm(Hold hold, Stamp stamp) {
    return change(
        hold, stamp, disk -> disk.failedSyncs() == 0 ? Async.done() : rewrite(disk, hold.range()));
  }

  /**
   * After a failed sync what the host shows need not be what the medium has, and a later sync that
   * succeeds says nothing about it: only what is written again is sure to get there.
   */
  private static Async<Void> rewrite(VolumeCopy copy, Range range) {
    ByteBuffer shown = ByteBuffer.allocateDirect(Math.toIntExact(range.lengthBytes()));
    return Async.start(done -> copy.disk().read(shown, range.from(), done))
        .then(done -> {
          List<Extent> extents = List.of(Extent.of(range.from(), shown));
          return Async.start(written -> copy.disk().write(extents, Durability.BUFFERED, written));
        });
  }

  private interface Change {
    Async<Void> on(VolumeCopy copy);
  }

  private Async<Void> change(Hold hold, Stamp stamp, Change change) {
    Optional<String> refusal = refusal(hold, stamp);
    if (refusal.isPresent()) {
      return Async.failed(new IOException(refusal.get()));
    }
    writing.add(hold);
    volumes.get(hold.volume()).forgetSpace();
    return counted(() ->
        change
            .on(volumes.get(hold.volume()))
            .then(done ->
                stamp.isStray(log.lineage())
                    ? Async.failed(new IOException("the content is of a branch of the log"))
                    : Async.done())
            .map(done -> {
              writing.remove(hold);
              problem = Optional.empty();
              dirty.synced(hold.volume(), hold.range(), stamp);
              persistIfDone();
              return (Void) null;
            })
            .orElse(cause -> {
              writing.remove(hold);
              problem = Optional.of(String.valueOf(cause.getMessage()));
              return Async.failed(cause);
            }));
  }

  private Optional<String> refusal(Hold hold, Stamp stamp) {
    if (hold.isReleased()) {
      return Optional.of("the hold is released");
    }
    if (stamp.lsn() < hold.checkpointLsn()) {
      return Optional.of(
          "content as of LSN %d where the disk is at %d"
              .formatted(stamp.lsn(), hold.checkpointLsn()));
    }
    if (!dirty.mayTouch(hold.volume(), hold.range())) {
      return Optional.of("not all of the range is dirty any more");
    }
    return writing.stream().anyMatch(other -> other.covers(hold.volume(), hold.range()))
        ? Optional.of("another content is being put there")
        : Optional.empty();
  }

  Async<Void> read(int volume, long offset, ByteBuffer into) {
    return counted(() -> Async.start(done -> volumes.get(volume).disk().read(into, offset, done)));
  }

  Async<ContentStamp> readStamped(int volume, long offset, ByteBuffer into) {
    long from = log.marks().checkpoint();
    boolean before = isConsistent();
    return before
        ? read(volume, offset, into)
            .then(done ->
                isConsistent()
                    ? Async.of(new ContentStamp(from, log.marks().horizon()))
                    : Async.failed(inconsistent()))
        : Async.failed(inconsistent());
  }

  private static IOException inconsistent() {
    return new IOException("this replica is not consistent");
  }

  /** Begins nothing as long as this is wanted: the replica is about to take another role. */
  void refuse(boolean wanted) {
    refusing = wanted;
  }

  private <T> Async<T> counted(Supplier<Async<T>> operation) {
    if (refusing) {
      return Async.failed(new IOException("the replica takes another role"));
    }
    inFlight++;
    return operation
        .get()
        .map(value -> {
          ended();
          return value;
        })
        .orElse(cause -> {
          ended();
          return Async.failed(cause);
        });
  }

  private void ended() {
    inFlight--;
    // In a message of its own: what the caller does next comes first.
    log.owner().execute(onProgress);
  }

  private void persistIfDone() {
    if (dirty.isEmpty()) {
      persist();
    }
  }

  /** Makes durable what has become clean. */
  void persist() {
    counted(dirty::persistChanges)
        .observe(
            done -> {
              if (dirty.isEmpty() && dirty.isDurablyEmpty() && !applier.isProving()) {
                applier.prove(true);
              }
            },
            failed -> {});
  }

  /** Whether somebody reads or writes the disks. */
  boolean isActive() {
    return inFlight > 0;
  }

  /** Whether something is under way on the disks, or may be. */
  boolean isBusy() {
    return inFlight > 0 || applier.isHeld();
  }

  FollowingStatus.Sync status() {
    List<String> problems = new ArrayList<>();
    dirty.doubt().ifPresent(problems::add);
    dirty.problem().ifPresent(problems::add);
    problem.ifPresent(problems::add);
    return new FollowingStatus.Sync(
        isConsistent(), dirty.dirtyBytes(), dirty.newest().lsn(), List.copyOf(problems));
  }

  /** Makes durable what has become clean, if that is possible now, and closes the map. */
  Async<Void> close() {
    return dirty.persistChanges().orElse(failed -> Async.done()).then(done -> dirty.close());
  }
}
