package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Watches one link: says when a sign of life is due, and when the other end has shown none for too
 * long. One timer, however many messages there are.
 */
final class Vigil {

  /** What was found. */
  enum Finding {
    /** Nothing was sent for a while. */
    IDLE,
    /** Nothing was heard for too long. */
    SILENT,
    /** Nothing has left for too long; if something waits, the link is stuck. */
    WAITING
  }

  private final Clock clock;
  private final long idleNanos;
  private final long deadNanos;
  private final Consumer<Finding> findings;
  private long sentNanos;
  private long heardNanos;
  private long progressNanos;
  private Optional<Clock.Timer> timer = Optional.empty();
  private boolean over;

  Vigil(Clock clock, LinkLimits.Times times, Consumer<Finding> findings) {
    this.clock = clock;
    this.idleNanos = times.idle().toNanos();
    this.deadNanos = times.dead().toNanos();
    this.findings = findings;
  }

  void begin() {
    sentNanos = heardNanos = progressNanos = clock.monotonicNanos();
    rest();
  }

  /** Something is written; {@code first} if nothing else waits. */
  void sends(boolean first) {
    sentNanos = clock.monotonicNanos();
    if (first) {
      progressNanos = sentNanos;
    }
  }

  void heard() {
    heardNanos = clock.monotonicNanos();
  }

  /** Something has left. */
  void progressed() {
    progressNanos = clock.monotonicNanos();
  }

  void end() {
    over = true;
    timer.ifPresent(Clock.Timer::cancel);
  }

  private void rest() {
    long now = clock.monotonicNanos();
    long next =
        Math.min(
            sentNanos + idleNanos - now, Math.min(heardNanos, progressNanos) + deadNanos - now);
    // a link without anything to send makes no progress: that must not wake us all the time
    long nanos = Math.max(next, idleNanos / 4);
    timer = Optional.of(clock.after(Duration.ofNanos(nanos), this::look));
  }

  private void look() {
    long now = clock.monotonicNanos();
    if (now - heardNanos >= deadNanos) {
      findings.accept(Finding.SILENT);
    }
    if (!over && now - progressNanos >= deadNanos) {
      findings.accept(Finding.WAITING);
      progressNanos = now;
    }
    if (!over && now - sentNanos >= idleNanos) {
      findings.accept(Finding.IDLE);
    }
    if (!over) {
      rest();
    }
  }
}
