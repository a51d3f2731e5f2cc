package io.tharsis.server.loop;

import io.netty.channel.EventLoop;
import io.tharsis.logfiles.seam.Owner;
import java.util.function.Consumer;

/**
 * A Netty event loop as the owner of a resource: what is posted runs on the loop's one thread, in
 * the order of posting, after the call that posted it. A message that throws is a bug of this
 * program; who owns the resource is told, the loop and everybody else on it go on.
 */
public final class LoopOwner implements Owner {

  private static final System.Logger LOG = System.getLogger("loop");

  private final EventLoop loop;
  private final Consumer<Throwable> onBug;

  /** The owner that is {@code loop}; bugs go to the diagnostics. */
  public LoopOwner(EventLoop loop) {
    this(loop, bug -> LOG.log(System.Logger.Level.ERROR, "a message of a loop failed", bug));
  }

  /** The owner that is {@code loop}; told, on the loop, of each message that throws. */
  public LoopOwner(EventLoop loop, Consumer<Throwable> onBug) {
    this.loop = loop;
    this.onBug = onBug;
  }

  @Override
  public void execute(Runnable message) {
    loop.execute(() -> run(message));
  }

  /** Runs a message of this owner on the loop, which the caller is on. */
  void run(Runnable message) {
    try {
      message.run();
    } catch (RuntimeException | Error bug) {
      onBug.accept(bug);
    }
  }

  @Override
  public boolean isCurrent() {
    return loop.inEventLoop();
  }

  /** The loop itself: where channels that talk to the resource belong. */
  public EventLoop loop() {
    return loop;
  }
}
