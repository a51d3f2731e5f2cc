package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.HybridClock;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.RecordSeed;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.format.RecordVerdict;
import io.tharsis.logfiles.format.RecordView;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.format.Summarizer;
import io.tharsis.logfiles.format.Summary;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The logfile that is being received, as far as its bytes have been accepted: checks what comes
 * next, and keeps digest and summary. What it accepts may not be durable yet. Belongs to a {@link
 * ReceivedLog}.
 */
final class ReceivedTail {

  /** What a record tells the resource, once it is durable. */
  sealed interface Told {
    /** It changes a disk. */
    record Change(Entry entry, long lsn) implements Told {}

    /** It is the state of all volumes. */
    record State(StateSnapshot state) implements Told {}
  }

  private final LogfileHeader header;
  private final RecordSeed seed;
  private final Optional<Summarizer> summarizer;
  private final RecordView view = new RecordView();
  private long endLsn;
  private long hybridTime;

  /** A logfile of which nothing was accepted yet. */
  ReceivedTail(LogfileHeader header) {
    this(header, Optional.of(new Summarizer(header)), header.baseLsn());
  }

  /** A logfile of which everything up to {@code endLsn} is known. */
  ReceivedTail(LogfileHeader header, Optional<Summarizer> summarizer, long endLsn) {
    this.header = header;
    this.seed = header.seed();
    this.summarizer = summarizer;
    this.endLsn = endLsn;
  }

  LogfileHeader header() {
    return header;
  }

  UUID epochId() {
    return header.epoch().id();
  }

  /** One past what was accepted. */
  long endLsn() {
    return endLsn;
  }

  /** The greatest time in what was accepted. */
  long hybridTime() {
    return hybridTime;
  }

  boolean isEmpty() {
    return endLsn == header.baseLsn();
  }

  /** Chain digest at the end; unknown if damaged history is in the way. */
  Optional<Digest> digest() {
    return summarizer.map(known -> known.chain().value());
  }

  Optional<Summary> summary() {
    return summarizer.map(Summarizer::finish);
  }

  /**
   * Checks that {@code bytes} are whole records that follow the end, and whole groups of them;
   * changes nothing. Gives what they tell, in log order.
   */
  List<Told> check(ByteBuffer bytes, long lsn) throws FetchRefusal {
    checkPlace(bytes, lsn);
    List<Told> told = new ArrayList<>();
    boolean betweenGroups = true;
    int at = bytes.position();
    while (at < bytes.limit()) {
      long here = lsn + at - bytes.position();
      checkRecord(bytes, at, here);
      if (RecordType.isKnown(view.typeCode())) {
        if (view.type() == RecordType.STATE) {
          told.add(new Told.State(state(bytes, at, here)));
        } else if (view.type().changesDisk()) {
          told.add(new Told.Change(entry(), here));
        }
      }
      if (here == header.baseLsn() && !isState(told)) {
        throw refusal(FetchRefusal.Code.CORRUPT, here, "a logfile begins with a state snapshot");
      }
      betweenGroups = !view.isAtomicWithNext();
      at += view.totalBytes();
    }
    if (!betweenGroups) {
      throw refusal(FetchRefusal.Code.CORRUPT, lsn, "the bytes end within an atomic group");
    }
    return told;
  }

  private static boolean isState(List<Told> first) {
    return !first.isEmpty() && first.getFirst() instanceof Told.State;
  }

  private void checkPlace(ByteBuffer bytes, long lsn) throws FetchRefusal {
    if (lsn != endLsn) {
      throw refusal(FetchRefusal.Code.OUT_OF_PLACE, lsn, "the log goes on at LSN " + endLsn);
    }
    if (bytes.remaining() == 0 || bytes.remaining() % LogLimits.BLOCK_BYTES != 0) {
      throw refusal(FetchRefusal.Code.CORRUPT, lsn, bytes.remaining() + " bytes are no log blocks");
    }
    if (lsn + bytes.remaining() > header.limitLsn()) {
      throw refusal(FetchRefusal.Code.CORRUPT, lsn, "the bytes reach beyond the logfile");
    }
  }

  private void checkRecord(ByteBuffer bytes, int at, long lsn) throws FetchRefusal {
    RecordVerdict verdict = view.decode(seed, bytes, at, lsn);
    boolean skipped = verdict == RecordVerdict.UNKNOWN_TYPE && view.isSkippable();
    if (TailSearch.isBeyondUs(verdict) && !skipped) {
      throw refusal(FetchRefusal.Code.NOT_OURS, lsn, verdict.toString());
    }
    if (verdict == RecordVerdict.OK || skipped) {
      verdict = view.checkBody(bytes, at);
    }
    if (verdict != RecordVerdict.OK) {
      throw refusal(FetchRefusal.Code.CORRUPT, lsn, verdict.toString());
    }
  }

  private Entry entry() {
    return new Entry(view.type(), view.flags(), view.volume(), view.offset(), view.lengthBytes());
  }

  private StateSnapshot state(ByteBuffer bytes, int at, long lsn) throws FetchRefusal {
    ByteBuffer payload = view.payload(bytes, at);
    StateSnapshot state;
    try (Scratch scratch = new Scratch(StateSnapshot.MAX_BYTES)) {
      state = StateSnapshot.decode(scratch.load(payload, 0, payload.remaining()));
    } catch (FormatException e) {
      throw refusal(FetchRefusal.Code.NOT_OURS, lsn, "the state snapshot: " + e.getMessage());
    }
    boolean ours = state.lineage().newest().filter(header.epoch()::equals).isPresent();
    if (!ours) {
      throw refusal(FetchRefusal.Code.DIVERGED, lsn, "the state is of another epoch");
    }
    return state;
  }

  /** Takes over what {@link #check} has just found sound. */
  void accept(ByteBuffer bytes) {
    int at = bytes.position();
    while (at < bytes.limit()) {
      RecordVerdict verdict = view.decode(seed, bytes, at, endLsn);
      if (verdict != RecordVerdict.OK && verdict != RecordVerdict.UNKNOWN_TYPE) {
        throw new IllegalStateException("received bytes changed in memory: " + verdict);
      }
      summarizer.ifPresent(known -> known.add(view));
      hybridTime = HybridClock.later(hybridTime, view.hybridTime());
      endLsn += view.totalBytes();
      at += view.totalBytes();
    }
  }

  private FetchRefusal refusal(FetchRefusal.Code code, long lsn, String what) {
    return new FetchRefusal(code, "logfile %d at LSN %d: %s".formatted(header.number(), lsn, what));
  }
}
