package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.link.Destination;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkAcceptor;
import io.tharsis.replication.link.LinkCounts;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.Links;
import io.tharsis.replication.wire.LogMessage;
import io.tharsis.replication.wire.Message;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Links on which nobody hears that log is gone. */
record DeafLinks(Links behind) implements Links {

  @Override
  public Async<Link> connect(Destination to, LinkHome home, LinkHandler handler) {
    return behind.connect(to, home, new Deaf(handler));
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

  private record Deaf(LinkHandler handler) implements LinkHandler {
    @Override
    public void opened(Link link) {
      handler.opened(link);
    }

    @Override
    public void received(Link link, Message message) {
      handler.received(
          link, message instanceof LogMessage.Gone ? new LogMessage.DurableAt(0, 0) : message);
    }

    @Override
    public void roomAgain(Link link) {
      handler.roomAgain(link);
    }

    @Override
    public void closed(Link link, LinkEnd end) {
      handler.closed(link, end);
    }
  }
}
