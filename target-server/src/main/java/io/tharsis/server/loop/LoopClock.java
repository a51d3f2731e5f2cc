package io.tharsis.server.loop;

import io.netty.util.concurrent.Future;
import io.tharsis.logfiles.seam.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The host's clocks, with timers that post to one event loop. */
public final class LoopClock implements Clock {

  private final LoopOwner owner;

  /** Time whose timers run as messages of {@code owner}. */
  public LoopClock(LoopOwner owner) {
    this.owner = owner;
  }

  @Override
  public long monotonicNanos() {
    return System.nanoTime();
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public Timer after(Duration delay, Runnable message) {
    Future<?> scheduled =
        owner.loop().schedule(() -> owner.run(message), delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }
}
