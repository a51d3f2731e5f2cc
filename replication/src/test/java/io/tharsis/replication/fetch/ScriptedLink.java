package io.tharsis.replication.fetch;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.replication.link.Certified;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.link.LinkTraffic;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** A link whose other end is the test. */
public final class ScriptedLink implements Link {

  /** Who is at the other end. */
  public static final UUID PEER = new UUID(0xFE, 1);

  private final LinkHandler handler;
  private final LinkClass linkClass;
  private final List<Message> sent = new ArrayList<>();
  private Optional<String> closed = Optional.empty();
  private boolean room = true;

  /** A link for this user, who has not been told of it yet. */
  public ScriptedLink(LinkClass linkClass, LinkHandler handler) {
    this.linkClass = linkClass;
    this.handler = handler;
  }

  /** Everything that was sent and not taken yet. */
  public List<Message> sent() {
    return List.copyOf(sent);
  }

  /** The same, which is forgotten then. */
  public List<Message> take() {
    List<Message> taken = List.copyOf(sent);
    sent.clear();
    return taken;
  }

  /** Why the user has closed it, if it has. */
  public Optional<String> closed() {
    return closed;
  }

  /** The user is told that the link is there. */
  public void open() {
    handler.opened(this);
  }

  /** Something arrives. */
  public void say(Message message) {
    if (closed.isEmpty()) {
      handler.received(this, message);
    }
  }

  /** There is room for bulk from now on, or there is none. */
  public void room(boolean now) {
    room = now;
    if (now) {
      handler.roomAgain(this);
    }
  }

  /** The connection breaks. */
  public void cut() {
    closed = Optional.of("cut");
    handler.closed(this, new LinkEnd(LinkEnd.Cause.BROKEN, "cut"));
  }

  @Override
  public Hello.Sender peer() {
    return new Hello.Sender(new UUID(0xC1, 0xC1), PEER, "peer", new UUID(0x1C, 1));
  }

  @Override
  public Hello.Purpose purpose() {
    return Hello.Purpose.of(linkClass, new UUID(0x4E, 0x4E));
  }

  @Override
  public Optional<Certified> certified() {
    return Optional.empty();
  }

  @Override
  public Set<Codec> codecs() {
    return Set.of(Codec.PLAIN);
  }

  @Override
  public void send(Message message) {
    if (closed.isEmpty()) {
      sent.add(message);
    }
  }

  @Override
  public boolean hasRoom() {
    return room && closed.isEmpty();
  }

  @Override
  public long unsentBytes() {
    return 0;
  }

  @Override
  public LinkTraffic traffic() {
    return new LinkTraffic(0, 0, 0, 0);
  }

  @Override
  public void close(String why) {
    if (closed.isEmpty()) {
      closed = Optional.of(why);
      handler.closed(this, new LinkEnd(LinkEnd.Cause.CLOSED_HERE, why));
    }
  }
}
