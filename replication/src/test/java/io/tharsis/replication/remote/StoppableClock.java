package io.tharsis.replication.remote;

import io.tharsis.logfiles.seam.Clock;
import java.time.Duration;

/** A clock that did not count some time, as that of a machine that was suspended. */
final class StoppableClock implements Clock {

  private final Clock clock;
  private long missingNanos;

  StoppableClock(Clock clock) {
    this.clock = clock;
  }

  /** So much time has passed that this clock did not count. */
  void missed(Duration time) {
    missingNanos += time.toNanos();
  }

  @Override
  public long monotonicNanos() {
    return clock.monotonicNanos() - missingNanos;
  }

  @Override
  public long wallMillis() {
    return clock.wallMillis();
  }

  @Override
  public Timer after(Duration delay, Runnable message) {
    return clock.after(delay, message);
  }
}
