package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Invariant;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * A bucket of tokens for those who send bulk, to be asked before the bulk is read from a disk, so
 * that nothing waits in queues. Whoever finds any token in it may send one piece; what the piece
 * costs beyond that is a debt that those who follow wait for. Confined to one owner.
 */
public final class Bandwidth {

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** What an unused bucket holds at most, in time. */
  private static final long BURST_NANOS = NANOS_PER_SECOND / 10;

  /** Waiting is looked at anew this often, because the schedule may allow more by then. */
  private static final long LONGEST_WAIT_NANOS = NANOS_PER_SECOND;

  private static final long SHORTEST_WAIT_NANOS = 1_000_000;

  private final Clock clock;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private RateSchedule schedule;
  private double tokens = 1;
  private long filledNanos;
  private boolean timing;

  /** A bucket with a little in it. */
  public Bandwidth(Clock clock, RateSchedule schedule) {
    this.clock = clock;
    this.schedule = schedule;
    this.filledNanos = clock.monotonicNanos();
  }

  /** From now on another schedule counts. Debts stay. */
  public void change(RateSchedule next) {
    fill();
    schedule = next;
  }

  private long rate() {
    return schedule.bytesPerSecond(clock.wallMillis());
  }

  private void fill() {
    long now = clock.monotonicNanos();
    double rate = rate();
    double most = Math.max(1, rate * BURST_NANOS / NANOS_PER_SECOND);
    tokens = Math.min(most, tokens + rate * (now - filledNanos) / NANOS_PER_SECOND);
    filledNanos = now;
  }

  /**
   * Takes leave to send a piece.
   *
   * @param bytes of the piece
   * @return whether it may be sent now; if not, {@link #await}
   */
  public boolean take(long bytes) {
    Invariant.check(bytes >= 0, "bytes", bytes);
    fill();
    if (rate() == Long.MAX_VALUE) {
      tokens = Math.max(tokens, 1);
      return true;
    }
    if (tokens <= 0) {
      return false;
    }
    tokens -= bytes;
    return true;
  }

  /** Calls {@code again} once, later, when it is worth trying again. Those who wait take turns. */
  public void await(Runnable again) {
    waiting.add(again);
    if (!timing) {
      timing = true;
      startTimer();
    }
  }

  private void startTimer() {
    long nanos = (long) Math.min(LONGEST_WAIT_NANOS, -tokens * NANOS_PER_SECOND / rate());
    clock.after(Duration.ofNanos(Math.max(SHORTEST_WAIT_NANOS, nanos)), this::wake);
  }

  private boolean isOpen() {
    return tokens > 0 || rate() == Long.MAX_VALUE;
  }

  private void wake() {
    fill();
    for (int turns = waiting.size(); turns > 0 && isOpen(); turns--) {
      waiting.remove().run();
    }
    timing = !waiting.isEmpty();
    if (timing) {
      startTimer();
    }
  }
}
