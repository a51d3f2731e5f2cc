package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.format.RecordView;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.seam.Async;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the records of some logfiles say: the newest state of the volumes, and which regions are
 * changed below a limit. Belongs to a {@link Rewinding}.
 */
final class BranchScan implements LogfileScan.Sink {

  private final long touchedTo;
  private final SortedMap<Integer, RegionSet> touched = new TreeMap<>();
  private Optional<StateSnapshot> state = Optional.empty();

  /**
   * Nothing was scanned yet.
   *
   * @param touchedTo changes at or above it are not of interest
   */
  BranchScan(long touchedTo) {
    this.touchedTo = touchedTo;
  }

  /** Goes through a part of a logfile; gives where it is not sound any more, or the end. */
  Async<Long> walk(LogCandidates.Begun file, long fromLsn, long toLsn) {
    return new LogfileScan(file.header(), file.disk(), this)
        .walk(fromLsn, toLsn)
        .map(LogfileScan.End::lsn);
  }

  Optional<StateSnapshot> state() {
    return state;
  }

  SortedMap<Integer, RegionSet> touched() {
    return touched;
  }

  @Override
  public void record(RecordView view, ByteBuffer buffer, int at) {
    if (!RecordType.isKnown(view.typeCode())) {
      return;
    }
    if (view.type() == RecordType.STATE) {
      state = decode(view.payload(buffer, at));
    }
    if (view.type().changesDisk() && view.lsn() < touchedTo) {
      touched
          .computeIfAbsent(view.volume(), any -> new RegionSet())
          .add(view.offset(), view.lengthBytes());
    }
  }

  private static Optional<StateSnapshot> decode(ByteBuffer payload) {
    try (Scratch scratch = new Scratch(StateSnapshot.MAX_BYTES)) {
      return Optional.of(StateSnapshot.decode(scratch.load(payload, 0, payload.remaining())));
    } catch (FormatException newer) {
      return Optional.empty();
    }
  }
}
