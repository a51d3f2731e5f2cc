package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.format.RecordVerdict;
import io.tharsis.logfiles.format.RecordView;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.format.Summarizer;
import io.tharsis.logfiles.format.Summary;
import io.tharsis.logfiles.seam.Async;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the whole records of one logfile say, gathered while it is walked for an inspection: how
 * many there are of each type, digest, summary, the newest state. Belongs to the inspection.
 */
final class LogfileWalk implements LogfileScan.Sink {

  private final LogCandidates.Begun begun;
  private final Summarizer summarizer;
  private final TreeMap<Integer, LogReport.Count> byType = new TreeMap<>();
  private Optional<StateSnapshot> state = Optional.empty();
  private Optional<String> unreadableState = Optional.empty();
  private Optional<RecordVerdict> stop = Optional.empty();
  private boolean sealed;

  LogfileWalk(LogCandidates.Begun begun) {
    this.begun = begun;
    this.summarizer = new Summarizer(begun.header());
  }

  /** Walks from the first record to {@code limit}, or to where there is no whole record. */
  Async<LogfileWalk> run(long limit) {
    return new LogfileScan(begun.header(), begun.disk(), this)
        .walk(begun.header().baseLsn(), limit)
        .map(end -> {
          stop = end.damage();
          return this;
        });
  }

  @Override
  public void record(RecordView view, ByteBuffer buffer, int at) {
    summarizer.add(view);
    byType.merge(
        view.typeCode(),
        new LogReport.Count(1, view.payloadBytes()),
        (known, one) -> known.with(view.payloadBytes()));
    if (RecordType.isKnown(view.typeCode())) {
      RecordType type = view.type();
      sealed = type == RecordType.SEAL || (sealed && type == RecordType.PAD);
      if (type == RecordType.STATE) {
        readState(view.payload(buffer, at), view.lsn());
      }
    }
  }

  private void readState(ByteBuffer payload, long lsn) {
    try (Scratch scratch = new Scratch(StateSnapshot.MAX_BYTES)) {
      state = Optional.of(StateSnapshot.decode(scratch.load(payload, 0, payload.remaining())));
    } catch (FormatException e) {
      unreadableState =
          Optional.of("the state snapshot at LSN " + lsn + " cannot be read: " + e.getMessage());
    }
  }

  LogCandidates.Begun begun() {
    return begun;
  }

  LogfileHeader header() {
    return begun.header();
  }

  /** One past the last whole record. */
  long endLsn() {
    return summarizer.chain().endLsn();
  }

  /** Why the walk did not reach its limit. */
  Optional<RecordVerdict> stop() {
    return stop;
  }

  Optional<StateSnapshot> state() {
    return state;
  }

  Optional<String> unreadableState() {
    return unreadableState;
  }

  LogReport.Contents contents() {
    return new LogReport.Contents(
        endLsn(), summarizer.chain().value(), sealed, new TreeMap<>(byType));
  }

  /** The summary that belongs to this file, if nothing is appended to it any more. */
  Summary summary() {
    return summarizer.finish();
  }
}
