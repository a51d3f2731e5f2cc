package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.AppliedRange;
import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One run of the Applier over one window: everything of the window that is newest in it goes to the
 * disks, in ascending order, adjacent ranges merged, in portions that leave the owner free in
 * between. Belongs to the Applier.
 */
final class ApplyRun {

  /** Most bytes handed to a disk at once, unless a single range is longer. */
  private static final int PORTION_BYTES = 1 << 20;

  /** Ranges forgotten in one turn of the owner. */
  private static final int FORGET_RANGES = 64;

  /** Bytes of an applied range that are remembered with their checksum. */
  private static final int PROOF_BYTES = 4096;

  /** Newest version of a range, to be put on a disk. */
  private record Piece(VolumeCopy volume, Range range, long lsn, Overlay.Kind kind) {}

  private final ApplyWindow window;
  private final Owner owner;
  private final Holds holds;
  private final List<VolumeCopy> volumes;
  private final List<AppliedRange> proof;
  private final List<Piece> pieces = new ArrayList<>();
  private final long failedSyncs;
  private int portionRanges;
  private int next;

  ApplyRun(
      Owner owner,
      List<VolumeCopy> volumes,
      Holds holds,
      ApplyWindow window,
      List<AppliedRange> oldProof) {
    this.owner = owner;
    this.holds = holds;
    this.window = window;
    this.volumes = volumes;
    for (Map.Entry<Integer, Overlay> entry : window.newest().entrySet()) {
      collect(volumes.get(entry.getKey()), entry.getValue());
    }
    this.proof = prove(oldProof);
    this.failedSyncs = countFailedSyncs();
  }

  private void collect(VolumeCopy volume, Overlay newest) {
    newest.forEach(
        0,
        // What was written before the volume grew and what comes behind that is in one window.
        volume.disk().sizeBytes(),
        new Overlay.Visitor() {
          @Override
          public void piece(long from, long to, long lsn, Overlay.Kind kind) {
            pieces.add(new Piece(volume, new Range(from, to), lsn, kind));
          }

          @Override
          public void gap(long from, long to) {}
        });
  }

  /** What attaching will verify: the last ranges of this run, then older ones it left alone. */
  private List<AppliedRange> prove(List<AppliedRange> old) {
    ArrayDeque<AppliedRange> ranges = new ArrayDeque<>();
    for (int i = pieces.size() - 1; i >= 0 && ranges.size() < Checkpoint.MAX_RANGES; i--) {
      if (pieces.get(i).kind() != Overlay.Kind.ZERO) {
        ranges.addFirst(proofOf(pieces.get(i)));
      }
    }
    for (int i = old.size() - 1; i >= 0 && ranges.size() < Checkpoint.MAX_RANGES; i--) {
      if (!isTouched(old.get(i))) {
        ranges.addFirst(old.get(i));
      }
    }
    return List.copyOf(ranges);
  }

  private AppliedRange proofOf(Piece piece) {
    long from = piece.range().from();
    long to = Math.min(piece.range().to(), from + PROOF_BYTES);
    CRC32C crc = new CRC32C();
    crc.update(window.data(piece.lsn(), from, to));
    return new AppliedRange(piece.volume().number(), from, to - from, (int) crc.getValue());
  }

  private boolean isTouched(AppliedRange range) {
    return window.changes(
        range.volume(), new Range(range.offset(), range.offset() + range.lengthBytes()));
  }

  long fromLsn() {
    return window.fromLsn();
  }

  long endLsn() {
    return window.endLsn();
  }

  List<AppliedRange> proof() {
    return proof;
  }

  /**
   * Writes and syncs everything; yields this run.
   *
   * @param ranges most ranges handed to a disk at once: few keep its queue short for the log's
   *     writes beside them, many are faster
   */
  Async<ApplyRun> write(int ranges) {
    portionRanges = ranges;
    next = 0;
    return Async.<Boolean>repeat(() ->
            next == pieces.size()
                ? Async.of(Optional.of(true))
                : writePortion().map(done -> Optional.empty()))
        .then(written -> sync())
        .map(synced -> this);
  }

  private boolean isHeld(Piece piece) {
    return holds.cover(piece.volume().number(), piece.range());
  }

  private Async<Void> writePortion() {
    Piece first = pieces.get(next);
    if (isHeld(first)) {
      return holds.whenReleased();
    }
    if (first.kind() == Overlay.Kind.ZERO) {
      next++;
      return Async.start(done -> first.volume().disk().punch(first.range(), done));
    }
    List<Extent> extents = new ArrayList<>();
    long bytes = 0;
    while (next < pieces.size() && extents.size() < portionRanges && bytes < PORTION_BYTES) {
      Piece piece = pieces.get(next);
      if (piece.volume() != first.volume() || piece.kind() == Overlay.Kind.ZERO || isHeld(piece)) {
        break;
      }
      Extent extent = merged();
      extents.add(extent);
      bytes += extent.lengthBytes();
    }
    return Async.start(done -> first.volume().disk().write(extents, Durability.BUFFERED, done));
  }

  /** The next piece and all that touch it, as one gather write. */
  private Extent merged() {
    Piece first = pieces.get(next);
    List<ByteBuffer> buffers = new ArrayList<>();
    long end = first.range().from();
    long bytes = 0;
    while (next < pieces.size() && bytes < PORTION_BYTES) {
      Piece piece = pieces.get(next);
      boolean touches =
          piece.volume() == first.volume()
              && piece.kind() != Overlay.Kind.ZERO
              && piece.range().from() == end
              && !isHeld(piece);
      if (!touches) {
        break;
      }
      buffers.add(window.data(piece.lsn(), piece.range().from(), piece.range().to()));
      end = piece.range().to();
      bytes += piece.range().lengthBytes();
      next++;
    }
    return new Extent(first.range().from(), buffers);
  }

  private Async<Void> sync() {
    return Async.forEach(
            volumes.stream()
                .filter(volume -> window.newest().containsKey(volume.number()))
                .toList(),
            VolumeCopy::sync)
        .then(done ->
            countFailedSyncs() == failedSyncs
                ? Async.done()
                : Async.failed(new IOException("a sync of the disks failed meanwhile")));
  }

  private long countFailedSyncs() {
    return volumes.stream().mapToLong(VolumeCopy::failedSyncs).sum();
  }

  /** The disks have it: reads need the log no more. */
  Async<Void> forget() {
    next = 0;
    return Async.<Boolean>repeat(
            () -> {
              int end = Math.min(pieces.size(), next + FORGET_RANGES);
              for (; next < end; next++) {
                forget(pieces.get(next));
              }
              // One portion per turn: commands come in between.
              return Async.start(turn -> owner.execute(turn::succeeded))
                  .map(turn -> next == pieces.size() ? Optional.of(true) : Optional.empty());
            })
        .map(done -> null);
  }

  private void forget(Piece piece) {
    VolumeCopy volume = piece.volume();
    volume.overlay().forget(piece.range().from(), piece.range().to(), window.endLsn());
    volume.applied(piece.range(), piece.kind());
  }
}
