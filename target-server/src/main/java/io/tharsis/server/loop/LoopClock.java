package io.tharsis.server.loop;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.tharsis.logfiles.seam.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The host's clocks, with timers that post to one event loop. */
public final class LoopClock implements Clock {

  private final EventLoop loop;

  /** A clock whose timers run on {@code loop}. */
  public LoopClock(EventLoop loop) {
    this.loop = loop;
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
    Future<?> scheduled = loop.schedule(message, delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }
}
