package io.tharsis.replication.netty;

import io.netty.channel.EventLoop;
import io.tharsis.logfiles.seam.Owner;

/** Knows the event loop behind an owner. */
public interface OwnerLoops {

  /** The loop on which the messages of this owner run. */
  EventLoop loopOf(Owner owner);
}
