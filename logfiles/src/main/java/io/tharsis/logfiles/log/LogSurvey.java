package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.HybridClock;
import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.format.RecordView;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.seam.Async;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an open log has from a place on: how much, from when to when, and which regions of the
 * volumes that changes. Made piece by piece while the log grows; only what is durable is looked at.
 * Belongs to the owner of the log, which is closed only when {@link #isBusy nothing is read}.
 */
public final class LogSurvey {

  /**
   * What was found so far.
   *
   * @param fromLsn where it begins: the place that was asked for, or where the log begins now
   * @param toLsn up to where it was looked at
   * @param firstMillis wall clock of the first change; 0 if there is none
   * @param lastMillis wall clock of the last change
   * @param touchedBytes of the regions that are changed
   */
  public record Found(
      long fromLsn, long toLsn, long firstMillis, long lastMillis, long touchedBytes) {}

  private final ReadableLog log;
  private final long fromLsn;
  private final SortedMap<Integer, RegionSet> touched = new TreeMap<>();
  private long beginLsn;
  private long lsn;
  private long firstMillis;
  private long lastMillis;
  private boolean busy;

  /** Nothing was looked at yet. */
  public LogSurvey(ReadableLog log, long fromLsn) {
    this.log = log;
    this.fromLsn = fromLsn;
    this.beginLsn = fromLsn;
    this.lsn = fromLsn;
  }

  /** Where it was to begin. */
  public long fromLsn() {
    return fromLsn;
  }

  /** Whether a piece is being looked at. */
  public boolean isBusy() {
    return busy;
  }

  /** What was found so far. */
  public Found found() {
    long regions = touched.values().stream().mapToLong(RegionSet::count).sum();
    return new Found(beginLsn, lsn, firstMillis, lastMillis, regions * RegionSet.REGION_BYTES);
  }

  /**
   * Looks at the rest of the log, or at so much of it; not while a piece is being looked at. Fails
   * where the log cannot be read; may be called again.
   *
   * @param maxBytes about how much is read at the most
   */
  public Async<Found> advance(long maxBytes) {
    long limit = Math.min(log.marks().durable(), lsn + maxBytes);
    busy = true;
    return Async.<Boolean>repeat(() -> lsn >= limit ? Async.of(Optional.of(true)) : piece(limit))
        .map(done -> ended())
        .orElse(cause -> {
          busy = false;
          return Async.failed(cause);
        });
  }

  private Found ended() {
    busy = false;
    return found();
  }

  private Async<Optional<Boolean>> piece(long limit) {
    Optional<Logfile> there = log.find(lsn);
    if (there.isEmpty()) {
      return Async.of(skip(limit));
    }
    Logfile file = log.pin(lsn);
    long from = lsn;
    return new LogfileScan(file.header(), file.disk(), this::record)
        .walk(from, Math.min(limit, file.endLsn()))
        .map(end -> {
          log.unpin(file);
          lsn = end.lsn();
          return end.lsn() == from ? Optional.of(true) : Optional.<Boolean>empty();
        })
        .orElse(cause -> {
          log.unpin(file);
          return Async.failed(cause);
        });
  }

  /** What was recycled is not known any more. */
  private Optional<Boolean> skip(long limit) {
    long oldest = Math.max(log.marks().retained(), lsn);
    if (oldest == lsn || oldest > limit) {
      return Optional.of(true);
    }
    lsn = oldest;
    beginLsn = oldest;
    return Optional.empty();
  }

  private void record(RecordView view, ByteBuffer buffer, int at) {
    if (!RecordType.isKnown(view.typeCode()) || !view.type().changesDisk()) {
      return;
    }
    lastMillis = HybridClock.millis(view.hybridTime());
    firstMillis = firstMillis == 0 ? lastMillis : firstMillis;
    touched
        .computeIfAbsent(view.volume(), any -> new RegionSet())
        .add(view.offset(), view.lengthBytes());
  }
}
