package io.tharsis.server.loop;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.time.Duration;

/**
 * What an event loop waits with, made to look a few times before it sleeps. Waking a thread costs
 * more than a whole command where processors go idle deeply (virtual machines do), so while events
 * come close after one another the loop asks again instead, and gives the processor away between
 * two looks to whoever else could run. It never looks for longer than the patience it was given,
 * and sleeps at once while events are rarer than that: an idle node uses no processor.
 *
 * <p>Belongs to the event loop that it was made for.
 */
public final class PatientHandler implements IoHandler {

  private final IoHandler delegate;
  private final Patience patience;

  PatientHandler(IoHandler delegate, Patience patience) {
    this.delegate = delegate;
    this.patience = patience;
  }

  /** Makes handlers of another kind patient; {@code longest} zero leaves them as they are. */
  public static IoHandlerFactory factory(IoHandlerFactory delegate, Duration longest) {
    if (longest.isZero()) {
      return delegate;
    }
    return new IoHandlerFactory() {
      @Override
      public IoHandler newHandler(ThreadAwareExecutor executor) {
        return new PatientHandler(delegate.newHandler(executor), new Patience(longest.toNanos()));
      }

      @Override
      public boolean isChangingThreadSupported() {
        return delegate.isChangingThreadSupported();
      }
    };
  }

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // a hint to let others run; nothing depends on it
  public int run(IoHandlerContext context) {
    if (!context.canBlock()) {
      patience.busy();
      return delegate.run(context);
    }
    long now = System.nanoTime();
    if (patience.looksAgain(now)) {
      int events = delegate.run(new Looking(context));
      if (events > 0) {
        patience.ended(System.nanoTime());
      } else {
        Thread.yield();
      }
      return events;
    }
    int events = delegate.run(context);
    patience.ended(System.nanoTime());
    return events;
  }

  @Override
  public void initialize() {
    delegate.initialize();
  }

  @Override
  public void prepareToDestroy() {
    delegate.prepareToDestroy();
  }

  @Override
  public void destroy() {
    delegate.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return delegate.register(handle);
  }

  @Override
  public void wakeup() {
    delegate.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return delegate.isCompatible(handleType);
  }

  /** The loop's context, except that nobody may sleep. */
  private record Looking(IoHandlerContext context) implements IoHandlerContext {
    @Override
    public boolean canBlock() {
      return false;
    }

    @Override
    public long delayNanos(long currentTimeNanos) {
      return context.delayNanos(currentTimeNanos);
    }

    @Override
    public long deadlineNanos() {
      return context.deadlineNanos();
    }

    @Override
    public void reportActiveIoTime(long activeNanos) {
      context.reportActiveIoTime(activeNanos);
    }

    @Override
    public boolean shouldReportActiveIoTime() {
      return context.shouldReportActiveIoTime();
    }
  }
}
