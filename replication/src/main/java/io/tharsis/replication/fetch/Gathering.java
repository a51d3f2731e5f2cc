package io.tharsis.replication.fetch;

import io.tharsis.logfiles.seam.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Keeps what comes piece by piece from being passed on piece by piece: at once if nothing was
 * passed on for a while, otherwise together with what comes until then. One timer at the most, and
 * none while nothing waits. Belongs to who passes on, and lives on its owner.
 */
final class Gathering {

  private final Clock clock;
  private final Duration time;
  private final Runnable again;
  private Optional<Clock.Timer> timer = Optional.empty();
  private boolean isFresh = true;
  private long passedNanos;

  /**
   * One in which nothing has been passed on.
   *
   * @param time between two times of passing on
   * @param again what to run when that is over, if something waits
   */
  Gathering(Clock clock, Duration time, Runnable again) {
    this.clock = clock;
    this.time = time;
    this.again = again;
  }

  /** Whether what there is may be passed on now; if not, it waits, and is asked for again. */
  boolean isOver() {
    long left = isFresh ? 0 : passedNanos + time.toNanos() - clock.monotonicNanos();
    if (left > 0 && timer.isEmpty()) {
      timer =
          Optional.of(
              clock.after(
                  Duration.ofNanos(left),
                  () -> {
                    timer = Optional.empty();
                    isFresh = true;
                    again.run();
                  }));
    }
    return left <= 0;
  }

  /** All that there was is passed on now: nothing waits. */
  void passed() {
    forget();
    isFresh = false;
    passedNanos = clock.monotonicNanos();
  }

  /** Whether something waits. */
  boolean holds() {
    return timer.isPresent();
  }

  /** What waits is of no interest any more; what comes next need not wait. */
  void forget() {
    timer.ifPresent(Clock.Timer::cancel);
    timer = Optional.empty();
    isFresh = true;
  }
}
