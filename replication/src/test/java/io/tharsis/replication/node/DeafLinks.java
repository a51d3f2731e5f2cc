package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.link.Destination;
import io.tharsis.replication.link.ForwardingLinks;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.Links;
import io.tharsis.replication.wire.LogMessage;
import io.tharsis.replication.wire.Message;

/** Links on which nobody hears that log is gone. */
final class DeafLinks extends ForwardingLinks {

  DeafLinks(Links behind) {
    super(behind);
  }

  @Override
  public Async<Link> connect(Destination to, LinkHome home, LinkHandler handler) {
    return super.connect(to, home, new Deaf(handler));
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
