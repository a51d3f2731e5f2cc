package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.HybridClock;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.format.RecordView;
import io.tharsis.logfiles.format.RecordWriter;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.format.Summarizer;
import io.tharsis.logfiles.format.Summary;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What recovery has learnt from the records it has seen so far: where the last whole group ends,
 * what their writer proved durable, digest, state and time. Passes the changes at or above the
 * checkpoint on, group by group. Belongs to {@link Recovery}.
 */
final class LogProgress implements LogfileScan.Sink {

  private record Change(Entry entry, long lsn) {}

  private final long checkpointLsn;
  private final RecoveredChange changes;
  private final List<Change> group = new ArrayList<>();
  private Optional<LogfileHeader> header = Optional.empty();
  private Optional<Summarizer> summarizer = Optional.empty();
  private Optional<StateSnapshot> state = Optional.empty();
  private boolean betweenGroups = true;
  private boolean rescanning;
  private boolean stateIsSure = true;
  private Optional<FormatException> unreadableState = Optional.empty();
  private boolean sealed;
  private long endLsn;
  private long provedLsn;
  private long hybridTime;

  LogProgress(long checkpointLsn, long horizonLsn, RecoveredChange changes) {
    this.checkpointLsn = checkpointLsn;
    this.changes = changes;
    this.provedLsn = horizonLsn;
    this.endLsn = checkpointLsn;
  }

  /** The next logfile is walked from its beginning. */
  void begin(LogfileHeader next) {
    header = Optional.of(next);
    summarizer = Optional.of(new Summarizer(next));
    endLsn = next.baseLsn();
    sealed = false;
    // Its predecessor was durable before this header was written.
    provedLsn = Math.max(provedLsn, next.baseLsn());
  }

  /** The walk goes on at {@code lsn} after a damaged place: digest and summary cannot be told. */
  void beginAgain(long lsn) {
    summarizer = Optional.empty();
    group.clear();
    betweenGroups = true;
    endLsn = lsn;
  }

  /** The walk goes on after damaged history, which may have held a newer state than is known. */
  void forgetHistory(long lsn) {
    beginAgain(lsn);
    stateIsSure = false;
  }

  /** The logfile is walked once more, to a shorter end; only digest and summary are of interest. */
  void rescan(LogfileHeader again) {
    beginAgain(again.baseLsn());
    summarizer = Optional.of(new Summarizer(again));
    rescanning = true;
  }

  @Override
  public void record(RecordView view, ByteBuffer buffer, int at) {
    summarizer.ifPresent(known -> known.add(view));
    if (!rescanning) {
      learn(view, buffer, at);
    }
    betweenGroups = !view.isAtomicWithNext();
    if (betweenGroups) {
      endLsn = view.lsn() + view.totalBytes();
      group.forEach(change -> changes.found(change.entry(), change.lsn()));
      group.clear();
    }
  }

  private void learn(RecordView view, ByteBuffer buffer, int at) {
    provedLsn = Math.max(provedLsn, view.durableLsn());
    hybridTime = HybridClock.later(hybridTime, view.hybridTime());
    if (!RecordType.isKnown(view.typeCode())) {
      return;
    }
    RecordType type = view.type();
    sealed = type == RecordType.SEAL || (sealed && type == RecordType.PAD);
    if (type == RecordType.STATE) {
      decodeState(view.payload(buffer, at));
    }
    if (type.changesDisk() && view.lsn() >= checkpointLsn) {
      Entry entry = new Entry(type, view.flags(), view.volume(), view.offset(), view.lengthBytes());
      group.add(new Change(entry, view.lsn()));
    }
  }

  private void decodeState(ByteBuffer payload) {
    try (Scratch scratch = new Scratch(StateSnapshot.MAX_BYTES)) {
      state = Optional.of(StateSnapshot.decode(scratch.load(payload, 0, payload.remaining())));
      stateIsSure = true;
      unreadableState = Optional.empty();
    } catch (FormatException e) {
      // Its checksum is right, so it was written like this: by a newer program, or by a bug.
      unreadableState = Optional.of(e);
    }
  }

  /** Appends a PAD of {@code bytes} to what was walked; it becomes part of digest and summary. */
  void pad(RecordWriter writer, ByteBuffer into, int at, int bytes) {
    writer
        .begin(RecordType.PAD, endLsn)
        .stamp(hybridTime, Math.min(provedLsn, endLsn))
        .writePad(into, at, bytes);
    summarizer.ifPresent(known -> known.add(writer));
    endLsn += bytes;
  }

  /** One past the last whole group. */
  long endLsn() {
    return endLsn;
  }

  /** Whether the last record ended its group. */
  boolean isBetweenGroups() {
    return betweenGroups;
  }

  /** Everything below was durable at the writer. */
  long provedLsn() {
    return provedLsn;
  }

  long hybridTime() {
    return hybridTime;
  }

  Optional<StateSnapshot> state() {
    return state;
  }

  /** Why the newest state of the volumes cannot be read, if it cannot. */
  Optional<FormatException> unreadableState() {
    return unreadableState;
  }

  /** Whether no damaged place can have held a newer state. */
  boolean isStateSure() {
    return stateIsSure;
  }

  boolean isSealed() {
    return sealed;
  }

  /**
   * The chain digest; a logfile without records, which may be recycled at once, leaves no trace.
   */
  Optional<Digest> digest() {
    return summarizer.map(known ->
        endLsn == header.orElseThrow().baseLsn()
            ? header.orElseThrow().predecessor().digest()
            : known.chain().value());
  }

  /** Digest and summary of the logfile walked last, as far as it goes. */
  Optional<Summarizer> summarizer() {
    return summarizer;
  }

  Optional<Summary> summary() {
    return summarizer.map(Summarizer::finish);
  }
}
