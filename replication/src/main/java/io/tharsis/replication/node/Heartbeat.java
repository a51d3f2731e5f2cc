package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Does something every second, unless it is still being done. Lives on the node's owner. */
final class Heartbeat {

  private static final Duration TICK = Duration.ofSeconds(1);

  private final Clock clock;
  private final Supplier<Async<Void>> work;
  private Optional<Clock.Timer> timer = Optional.empty();
  private boolean busy;
  private boolean ended;

  Heartbeat(Clock clock, Supplier<Async<Void>> work) {
    this.clock = clock;
    this.work = work;
  }

  /** Does it now, and from now on. */
  void begin() {
    if (ended) {
      return;
    }
    timer = Optional.of(clock.after(TICK, this::begin));
    if (busy) {
      return;
    }
    busy = true;
    work.get().observe(done -> busy = false, cause -> busy = false);
  }

  /** It is not begun any more; what is under way goes on. */
  void end() {
    ended = true;
    timer.ifPresent(Clock.Timer::cancel);
  }
}
