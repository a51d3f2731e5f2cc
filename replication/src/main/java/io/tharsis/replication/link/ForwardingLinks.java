package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Async;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Links that are those behind them; a subclass changes what it is made for. */
public abstract class ForwardingLinks implements Links {

  private final Links behind;

  /** Everything goes to {@code behind}. */
  protected ForwardingLinks(Links behind) {
    this.behind = behind;
  }

  @Override
  public Async<Link> connect(Destination to, LinkHome home, LinkHandler handler) {
    return behind.connect(to, home, handler);
  }

  @Override
  public Async<InetSocketAddress> listen(
      InetSocketAddress at, LinkHome home, LinkAcceptor acceptor) {
    return behind.listen(at, home, acceptor);
  }

  @Override
  public void closeNode(UUID nodeId, String why) {
    behind.closeNode(nodeId, why);
  }

  @Override
  public void refresh(Instant ownUntil, Duration margin) {
    behind.refresh(ownUntil, margin);
  }

  @Override
  public LinkCounts counts() {
    return behind.counts();
  }

  @Override
  public void close(String why) {
    behind.close(why);
  }
}
