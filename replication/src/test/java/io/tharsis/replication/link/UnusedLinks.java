package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Async;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Links of which nothing is to be used but what a subclass answers. */
public abstract class UnusedLinks implements Links {

  @Override
  public Async<Link> connect(Destination to, LinkHome home, LinkHandler handler) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Async<InetSocketAddress> listen(
      InetSocketAddress at, LinkHome home, LinkAcceptor acceptor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void closeNode(UUID nodeId, String why) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void refresh(Instant ownUntil, Duration margin) {
    throw new UnsupportedOperationException();
  }

  @Override
  public LinkCounts counts() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close(String why) {
    throw new UnsupportedOperationException();
  }
}
