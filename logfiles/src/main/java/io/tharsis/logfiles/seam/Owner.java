package io.tharsis.logfiles.seam;

import java.util.concurrent.Executor;

/**
 * The one executor on which a resource (or a node) lives: messages run one after the other, in the
 * order in which they were posted. In production a Netty event loop, in tests the simulator.
 */
public interface Owner extends Executor {

  /**
   * Posts a message. It never runs before this call has returned, not even when the caller is on
   * the owner already. May be called from any thread.
   */
  @Override
  void execute(Runnable message);

  /** Whether the calling code runs on this owner. */
  boolean isCurrent();
}
