package io.tharsis.replication.link;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.replication.link.LinkEnd.Cause;
import io.tharsis.replication.wire.Frame;
import io.tharsis.replication.wire.FrameReader;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.LinkMessage;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A link after its greeting: frames, signs of life, limits. Confined to the owner of who uses it;
 * what it tells its user it posts there, so that a bug of the user is the user's.
 */
final class OpenLink implements Link, Pipe.Sink, LiveNodes.Member {

  /**
   * Fewer bytes are no sign of life unless they end a frame: a frame whose length was damaged on
   * its way would swallow one small frame after the other.
   */
  private static final int BULK_BYTES = 512;

  private static final int MAX_STRANGER_BODY_BYTES = Wire.MAX_JOIN_BYTES + 1024;

  private final NodeLinks door;
  private final Pipe pipe;
  private final Terms terms;
  private final Use use;
  private final Set<Codec> codecs;
  private final FrameReader reader;
  private final Map<Long, Runnable> probes = new LinkedHashMap<>();
  private final Vigil vigil;
  private final Optional<Expiry> expiry;

  private Optional<Clock.Timer> joinTimer = Optional.empty();
  private Optional<String> dropped = Optional.empty();
  private boolean here;
  private boolean ended;
  // who has closed it wants to hear nothing more; otherwise what came before the end is told
  private boolean deaf;
  private boolean wantsRoom;
  private long lastProbe;
  private LinkTraffic traffic = new LinkTraffic(0, 0, 0, 0);

  /**
   * What the greeting led to.
   *
   * @param peer what the other end said
   * @param version the protocol version of the link
   * @param early bytes that came behind the Hello
   * @param certified what the certificates say
   */
  record Terms(Hello peer, int version, ByteBuffer early, Optional<Certified> certified) {}

  /**
   * Who uses the link, and where.
   *
   * @param home of the link
   * @param handler told everything
   * @param outcome told whether it was opened
   */
  record Use(LinkHome home, LinkHandler handler, Outcome outcome) {}

  /** How the opening ended; called on the link's owner. */
  interface Outcome {
    /** For links that somebody else wanted. */
    Outcome IGNORED =
        new Outcome() {
          @Override
          public void opened(Link link) {
            // its handler knows
          }

          @Override
          public void failed(IOException why) {
            // it was never opened
          }
        };

    void opened(Link link);

    void failed(IOException why);
  }

  OpenLink(NodeLinks door, Pipe pipe, Terms terms, Use use) {
    this.door = door;
    this.pipe = pipe;
    this.terms = terms;
    this.use = use;
    this.codecs = door.identity().hello(terms.peer().purpose()).commonCodecs(terms.peer());
    this.reader = new FrameReader(isOfStranger() ? MAX_STRANGER_BODY_BYTES : Wire.MAX_BODY_BYTES);
    this.vigil = new Vigil(use.home().clock(), door.limits().times(), this::watch);
    this.expiry =
        terms
            .certified()
            .map(said -> new Expiry(use.home().clock(), said.bothUntil(), this::expired));
  }

  private boolean isOfStranger() {
    return purpose().linkClass() == LinkClass.JOIN;
  }

  @Override
  public Hello.Sender peer() {
    return terms.peer().sender();
  }

  @Override
  public Hello.Purpose purpose() {
    return terms.peer().purpose();
  }

  @Override
  public Optional<Certified> certified() {
    return terms.certified();
  }

  @Override
  public Set<Codec> codecs() {
    return codecs;
  }

  @Override
  public LinkTraffic traffic() {
    return traffic;
  }

  // ---- beginning ----

  @Override
  public void arrived() {
    here = true;
    if (dropped.isPresent()) {
      pipe.abort();
      neverOpened(dropped.get());
      return;
    }
    vigil.begin();
    if (isOfStranger()) {
      joinTimer =
          Optional.of(
              use.home()
                  .clock()
                  .after(door.limits().times().join(), () -> close("joining takes too long")));
    }
    tell(() -> {
      use.handler().opened(this);
      use.outcome().opened(this);
    });
    expiry.ifPresent(Expiry::begin);
    bytes(terms.early());
  }

  private void neverOpened(String why) {
    ended = true;
    door.ended(this, LinkEvent.BROKEN);
    tell(() -> use.outcome().failed(new IOException(why)));
  }

  private void tell(Runnable message) {
    use.home().owner().execute(message);
  }

  // ---- sending ----

  @Override
  public void send(Message message) {
    Invariant.check(
        !(message instanceof LinkMessage) && purpose().linkClass().carries(message),
        "message on a link of another class",
        purpose().linkClass());
    if (!ended) {
      write(message);
      if (pipe.unsentBytes() > door.limits().memory().mostBytes()) {
        pipe.abort();
        end(Cause.OVERFLOW, LinkEvent.OVERFLOW, pipe.unsentBytes() + " bytes were not sent");
      }
    }
  }

  private void write(Message message) {
    ByteBuffer frame = Frame.encode(message, terms.version());
    traffic =
        new LinkTraffic(
            traffic.messagesOut() + 1,
            traffic.bytesOut() + frame.remaining(),
            traffic.messagesIn(),
            traffic.bytesIn());
    vigil.sends(pipe.unsentBytes() == 0);
    pipe.write(frame);
  }

  @Override
  public long unsentBytes() {
    return ended ? 0 : pipe.unsentBytes();
  }

  @Override
  public boolean hasRoom() {
    boolean room = !ended && pipe.unsentBytes() < roomBytes();
    wantsRoom |= !room;
    return room;
  }

  private long roomBytes() {
    return door.limits().roomBytes(purpose().linkClass());
  }

  @Override
  public void sent() {
    vigil.progressed();
    if (!ended && wantsRoom && pipe.unsentBytes() <= roomBytes() / 2) {
      wantsRoom = false;
      tell(() -> {
        if (!ended) {
          use.handler().roomAgain(this);
        }
      });
    }
  }

  // ---- receiving ----

  @Override
  public void bytes(ByteBuffer chunk) {
    if (ended || !chunk.hasRemaining()) {
      return;
    }
    int bytes = chunk.remaining();
    count(0, bytes);
    try {
      Optional<ByteBuffer> frame = reader.next(chunk);
      if (frame.isPresent() || bytes >= BULK_BYTES) {
        vigil.heard();
      }
      while (frame.isPresent()) {
        count(1, 0);
        received(Frame.decode(frame.get(), terms.version()));
        frame = ended ? Optional.empty() : reader.next(chunk);
      }
    } catch (IOException e) {
      violated(e.getMessage());
    }
  }

  private void count(long messages, long bytes) {
    traffic =
        new LinkTraffic(
            traffic.messagesOut(),
            traffic.bytesOut(),
            traffic.messagesIn() + messages,
            traffic.bytesIn() + bytes);
  }

  private void received(Message message) {
    switch (message) {
      case LinkMessage.Alive(long probe) -> answered(probe);
      case LinkMessage.Probe(long id) -> write(new LinkMessage.Alive(id));
      case LinkMessage.Bye(String words) -> {
        pipe.abort();
        end(Cause.CLOSED_THERE, LinkEvent.CLOSED_THERE, words);
      }
      case LinkMessage.Refused(var code, String words) -> {
        pipe.abort();
        end(Cause.REFUSED_THERE, LinkEvent.REFUSED_THERE, code + ": " + words);
      }
      case Hello _ -> violated("a second Hello");
      case Message other when purpose().linkClass().carries(other) ->
          tell(() -> {
            if (!deaf) {
              use.handler().received(this, other);
            }
          });
      case Message other ->
          violated(other.getClass().getSimpleName() + " on a link for " + purpose().linkClass());
    }
  }

  private void violated(String what) {
    write(new LinkMessage.Bye("violation of the protocol: " + what));
    pipe.closeWhenSent();
    end(Cause.VIOLATION, LinkEvent.VIOLATION, what);
  }

  // ---- signs of life ----

  private void watch(Vigil.Finding finding) {
    Duration dead = door.limits().times().dead();
    switch (finding) {
      case IDLE -> write(new LinkMessage.Alive(0));
      case SILENT -> die(Cause.SILENT, "nothing was heard for " + dead);
      case WAITING -> {
        if (pipe.unsentBytes() > 0) {
          die(Cause.STALLED, "nothing could be sent for " + dead);
        }
      }
    }
  }

  private void die(Cause cause, String words) {
    pipe.abort();
    end(cause, LinkEvent.DEAD, words);
  }

  @Override
  public void probe(Runnable onAlive) {
    tell(() -> {
      if (here && !ended) {
        lastProbe++;
        probes.put(lastProbe, onAlive);
        write(new LinkMessage.Probe(lastProbe));
      }
    });
  }

  /** Only the answer counts: other bytes may have been under way for long. */
  private void answered(long probe) {
    Optional.ofNullable(probes.remove(probe)).ifPresent(door.door().owner()::execute);
  }

  // ---- the end ----

  @Override
  public void close(String why) {
    close(LinkEvent.CLOSED_HERE, why);
  }

  private void close(LinkEvent event, String why) {
    deaf = true;
    if (!ended) {
      write(new LinkMessage.Bye(why));
      pipe.closeWhenSent();
      end(Cause.CLOSED_HERE, event, why);
    }
  }

  private void expired() {
    Certified said = terms.certified().orElseThrow();
    boolean theirs = said.until().equals(said.bothUntil());
    close(
        LinkEvent.EXPIRED,
        "the certificate of node %s was good until %s"
            .formatted(theirs ? peer().name() : door.identity().sender().name(), said.bothUntil()));
  }

  @Override
  public void drop(String why) {
    drop(LinkEvent.CLOSED_HERE, why);
  }

  /** From the door: ends it wherever it is. */
  void drop(LinkEvent event, String why) {
    tell(() -> {
      if (here) {
        close(event, why);
      } else {
        dropped = Optional.of(why);
      }
    });
  }

  @Override
  public void ended(Pipe.PipeEnd end) {
    if (ended) {
      return;
    }
    if (here) {
      end(Cause.BROKEN, end.event(), end.words());
    } else {
      neverOpened(end.words());
    }
  }

  private void end(Cause cause, LinkEvent event, String words) {
    ended = true;
    vigil.end();
    expiry.ifPresent(Expiry::end);
    joinTimer.ifPresent(Clock.Timer::cancel);
    door.ended(this, event);
    tell(() -> use.handler().closed(this, new LinkEnd(cause, words)));
  }

  @Override
  public String toString() {
    return purpose().linkClass() + " with " + peer().name() + " at " + pipe.remote();
  }
}
