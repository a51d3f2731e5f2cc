package io.tharsis.replication.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.replication.link.LinkHome;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** An event loop as owner and clock, for tests. */
final class TestLoop implements Owner, Clock {

  private final EventLoop loop;
  private final Consumer<Throwable> onBug;

  TestLoop(EventLoop loop, Consumer<Throwable> onBug) {
    this.loop = loop;
    this.onBug = onBug;
  }

  EventLoop loop() {
    return loop;
  }

  LinkHome home() {
    return new LinkHome(this, this);
  }

  private void run(Runnable message) {
    try {
      message.run();
    } catch (RuntimeException | Error bug) {
      onBug.accept(bug);
    }
  }

  @Override
  public void execute(Runnable message) {
    try {
      loop.execute(() -> run(message));
    } catch (RejectedExecutionException ended) {
      // the test is over
    }
  }

  @Override
  public boolean isCurrent() {
    return loop.inEventLoop();
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
    Future<?> scheduled = loop.schedule(() -> run(message), delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }
}
