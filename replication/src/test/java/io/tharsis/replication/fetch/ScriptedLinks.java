package io.tharsis.replication.fetch;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.link.Destination;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkAcceptor;
import io.tharsis.replication.link.LinkCounts;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.Links;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.UUID;

/** Links to whoever the test is at the moment. */
public final class ScriptedLinks implements Links {

  /** Somebody wants a link and waits for the test to decide. */
  public record Asked(Destination to, LinkHandler handler, Async<Link> outcome) {

    /** It gets one. */
    public ScriptedLink accept() {
      ScriptedLink link = new ScriptedLink(to.purpose().linkClass(), handler);
      link.open();
      outcome.succeed(link);
      return link;
    }

    /** It gets none. */
    public void refuse(String why) {
      outcome.fail(new IOException(why));
    }
  }

  private final ArrayDeque<Asked> asked = new ArrayDeque<>();

  /** The oldest request that was not answered yet. */
  public Optional<Asked> asked() {
    return Optional.ofNullable(asked.poll());
  }

  @Override
  public Async<Link> connect(Destination to, LinkHome home, LinkHandler handler) {
    Asked request = new Asked(to, handler, new Async<>());
    asked.add(request);
    return request.outcome();
  }

  @Override
  public Async<InetSocketAddress> listen(
      InetSocketAddress at, LinkHome home, LinkAcceptor acceptor) {
    throw new UnsupportedOperationException("nobody comes to a scripted node");
  }

  @Override
  public void closeNode(UUID nodeId, String why) {}

  @Override
  public void refresh(Instant ownUntil, Duration margin) {
    throw new UnsupportedOperationException();
  }

  @Override
  public LinkCounts counts() {
    throw new UnsupportedOperationException("nothing is counted");
  }

  @Override
  public void close(String why) {}
}
