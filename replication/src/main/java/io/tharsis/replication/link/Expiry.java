package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Tells when a moment of the wall clock has passed, once. Looks now and then, because that clock
 * may be set. Confined to the owner of its clock.
 */
final class Expiry {

  /** How late a clock that was set is noticed. */
  private static final Duration LOOK = Duration.ofMinutes(1);

  private final Clock clock;
  private final Instant moment;
  private final Runnable passed;
  private Optional<Clock.Timer> timer = Optional.empty();

  Expiry(Clock clock, Instant moment, Runnable passed) {
    this.clock = clock;
    this.moment = moment;
    this.passed = passed;
  }

  /** Looks from now on. */
  void begin() {
    Instant now = Instant.ofEpochMilli(clock.wallMillis());
    if (now.isAfter(moment)) {
      timer = Optional.empty();
      passed.run();
      return;
    }
    // one more: at the moment itself it has not passed
    Duration left = Duration.between(now, moment).plusMillis(1);
    timer = Optional.of(clock.after(left.compareTo(LOOK) < 0 ? left : LOOK, this::begin));
  }

  /** Looks no more. */
  void end() {
    timer.ifPresent(Clock.Timer::cancel);
  }
}
