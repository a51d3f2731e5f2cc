package io.tharsis.server.loop;

import io.netty.channel.EventLoop;
import io.tharsis.logfiles.seam.Owner;

/**
 * A Netty event loop as the owner of a resource: what is posted runs on the loop's one thread, in
 * the order of posting, after the call that posted it.
 */
public final class LoopOwner implements Owner {

  private final EventLoop loop;

  /** The owner that is {@code loop}. */
  public LoopOwner(EventLoop loop) {
    this.loop = loop;
  }

  @Override
  public void execute(Runnable message) {
    loop.execute(message);
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
