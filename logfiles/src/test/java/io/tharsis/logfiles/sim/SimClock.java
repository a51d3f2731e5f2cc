package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.seam.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Virtual time for one owner. The wall clock jumps when its host's does. */
public final class SimClock implements Clock {

  /** What the wall clock shows when a run begins: 2026-11-01 00:00 UTC. */
  public static final long START_WALL_MILLIS = 1_793_491_200_000L;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Simulation simulation;
  private final SimOwner owner;
  private final LongSupplier wallOffsetMillis;

  SimClock(Simulation simulation, SimOwner owner, LongSupplier wallOffsetMillis) {
    this.simulation = simulation;
    this.owner = owner;
    this.wallOffsetMillis = wallOffsetMillis;
  }

  @Override
  public long monotonicNanos() {
    return simulation.nowNanos();
  }

  @Override
  public long wallMillis() {
    return START_WALL_MILLIS
        + simulation.nowNanos() / NANOS_PER_MILLI
        + wallOffsetMillis.getAsLong();
  }

  @Override
  public Timer after(Duration delay, Runnable message) {
    Waiting timer = new Waiting(message);
    simulation.schedule(
        delay.toNanos(),
        owner.name() + " timer",
        () -> owner.isAlive() && !timer.cancelled,
        () -> owner.execute(timer));
    return timer;
  }

  private static final class Waiting implements Timer, Runnable {
    private final Runnable message;
    private boolean cancelled;

    Waiting(Runnable message) {
      this.message = message;
    }

    @Override
    public void run() {
      if (!cancelled) {
        message.run();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }
}
