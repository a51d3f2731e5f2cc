package io.tharsis.logfiles.host;

import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Owner;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The host's clocks for one owner. Timers come from a scheduler that somebody else owns, in
 * production the owner's own event loop.
 */
public final class HostClock implements Clock {

  private final Owner owner;
  private final ScheduledExecutorService scheduler;

  /**
   * @param owner who gets the messages
   * @param scheduler waits; may be the executor behind the owner
   */
  public HostClock(Owner owner, ScheduledExecutorService scheduler) {
    this.owner = owner;
    this.scheduler = scheduler;
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
    Running timer = new Running(message);
    ScheduledFuture<?> waiting =
        scheduler.schedule(() -> owner.execute(timer), delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> {
      timer.cancelled = true;
      waiting.cancel(false);
    };
  }

  /** A message that a cancellation reaches even when it has been posted already. */
  private static final class Running implements Runnable {
    private final Runnable message;
    private volatile boolean cancelled;

    Running(Runnable message) {
      this.message = message;
    }

    @Override
    public void run() {
      if (!cancelled) {
        message.run();
      }
    }
  }
}
