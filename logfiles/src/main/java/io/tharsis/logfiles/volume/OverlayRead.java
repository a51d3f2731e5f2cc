package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.log.Log;
import io.tharsis.logfiles.log.Logfile;
import io.tharsis.logfiles.seam.Completion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One read of a range that is, at least in part, in the log only. The pieces are decided when it
 * starts and their logfiles pinned, so that recycling cannot pull them away; a piece whose append
 * is in flight is waited for.
 */
final class OverlayRead implements Overlay.Visitor {

  private sealed interface Piece {
    /** The disk has it. */
    record OnDisk(long from, long to) implements Piece {}

    /** It reads as zeros. */
    record Zeros(long from, long to) implements Piece {}

    /** A record of the log has it. */
    record InLog(long from, long to, long lsn, Logfile file) implements Piece {}
  }

  private final LoggedVolume volume;
  private final long offset;
  private final ByteBuffer into;
  private final Operations.Operation done;
  private final List<Piece> pieces = new ArrayList<>();
  private long newestLsn = -1;
  private int next;

  OverlayRead(LoggedVolume volume, long offset, ByteBuffer into, Operations.Operation done) {
    this.volume = volume;
    this.offset = offset;
    this.into = into.slice();
    this.done = done;
  }

  private Log log() {
    return volume.log();
  }

  void start() {
    volume.copy().overlay().forEach(offset, offset + into.capacity(), this);
    if (newestLsn < volume.visibleLsn()) {
      step();
      return;
    }
    // One past the record's first byte: watermarks stand on batch ends, so the whole record is in.
    volume.whenVisible(newestLsn + 1, Completion.of(this::step, cause -> failed()));
  }

  @Override
  public void piece(long from, long to, long lsn, Overlay.Kind kind) {
    newestLsn = Math.max(newestLsn, lsn);
    switch (kind) {
      case ZERO -> pieces.add(new Piece.Zeros(from, to));
      case DATA, FILL -> pieces.add(new Piece.InLog(from, to, lsn, log().pin(lsn)));
    }
  }

  @Override
  public void gap(long from, long to) {
    pieces.add(new Piece.OnDisk(from, to));
  }

  private void step() {
    if (done.isOver()) {
      unpin();
      return;
    }
    while (next < pieces.size() && pieces.get(next) instanceof Piece.Zeros(long from, long to)) {
      zero(target(from, to));
      next++;
    }
    if (next == pieces.size()) {
      unpin();
      done.succeeded();
      return;
    }
    Piece piece = pieces.get(next++);
    Completion then = Completion.of(this::step, cause -> failed());
    switch (piece) {
      case Piece.OnDisk(long from, long to) ->
          volume.copy().disk().read(target(from, to), from, done.lend(then));
      case Piece.InLog inLog -> readLog(inLog, then);
      case Piece.Zeros zeros -> step();
    }
  }

  private void readLog(Piece.InLog piece, Completion then) {
    new RecordRead(log(), piece.file(), piece.lsn(), () -> !done.isOver())
        .read(piece.from(), target(piece.from(), piece.to()), then);
  }

  private ByteBuffer target(long from, long to) {
    return into.slice(Math.toIntExact(from - offset), Math.toIntExact(to - from));
  }

  private static void zero(ByteBuffer target) {
    while (target.remaining() >= Long.BYTES) {
      target.putLong(0);
    }
  }

  private void failed() {
    unpin();
    done.failed(VolumeFault.READ_FAILED);
  }

  private void unpin() {
    for (Piece piece : pieces) {
      if (piece instanceof Piece.InLog inLog) {
        log().unpin(inLog.file());
      }
    }
  }
}
