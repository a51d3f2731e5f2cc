package io.tharsis.replication.link;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.replication.wire.Frame;
import io.tharsis.replication.wire.FrameReader;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkMessage;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.RefusalCode;
import io.tharsis.replication.wire.UnknownClassException;
import io.tharsis.replication.wire.Versions;
import io.tharsis.replication.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * A connection until both ends have said Hello. Reads one frame and keeps what comes with it for
 * the link. Ends within a time, well or not. Confined to the door's owner.
 */
abstract class Greeting implements Pipe.Sink, LiveNodes.Visitor {

  /** The version in which Hello and Refused are written: they are the same in all. */
  private static final int ANY_VERSION = 1;

  private final NodeLinks door;
  private final FrameReader reader = new FrameReader(Wire.MAX_FIRST_BODY_BYTES);
  private Optional<Pipe> pipe = Optional.empty();
  private Optional<Clock.Timer> timer = Optional.empty();
  private ByteBuffer early = ByteBuffer.allocate(0);
  private Optional<Certified> certified = Optional.empty();
  private boolean heard;
  private boolean over;

  Greeting(NodeLinks door) {
    this.door = door;
  }

  NodeLinks door() {
    return door;
  }

  Pipe pipe() {
    return pipe.orElseThrow();
  }

  boolean isOver() {
    return over;
  }

  /** Whose address counts against the limit for strangers. */
  abstract Optional<String> host();

  boolean isIncoming() {
    return host().isPresent();
  }

  /** The first frame is sound. */
  abstract void heard(Message first);

  /** It has ended without a link; the pipe is closed. */
  abstract void failed(IOException why);

  final void startTimer() {
    door.greets(this);
    timer =
        Optional.of(
            door.door()
                .clock()
                .after(
                    door.limits().times().greeting(),
                    () -> {
                      door.tally().count(LinkEvent.GREETING_LATE);
                      drop("no greeting in time");
                    }));
  }

  final void start(Pipe dialled) {
    pipe = Optional.of(dialled);
    dialled.start(this);
  }

  // ---- bytes ----

  @Override
  public void arrived() {
    throw new Invariant.Broken("a greeting does not move");
  }

  @Override
  public void sent() {
    // one frame each way: there is always room
  }

  @Override
  public void bytes(ByteBuffer chunk) {
    if (over) {
      return;
    }
    try {
      Invariant.check(!heard, "bytes while paused");
      Optional<ByteBuffer> frame = reader.next(chunk);
      if (frame.isPresent()) {
        heard = true;
        pipe().pause();
        early = ByteBuffer.allocate(chunk.remaining()).put(chunk).flip();
        heard(Frame.decode(frame.get(), ANY_VERSION));
      }
    } catch (UnknownClassException e) {
      refuse(RefusalCode.UNKNOWN_CLASS, e.getMessage());
    } catch (FormatException e) {
      door.tally().count(LinkEvent.GARBAGE);
      drop("not a Hello: " + e.getMessage());
    } catch (IOException e) {
      throw new Invariant.Broken("decoding: " + e);
    }
  }

  @Override
  public void ended(Pipe.PipeEnd end) {
    if (!over) {
      LinkEvent event = end.event() == LinkEvent.BROKEN ? LinkEvent.GREETING_BROKEN : end.event();
      door.tally().count(event);
      end(new IOException(end.words()));
    }
  }

  final void send(LinkMessage message) {
    pipe().write(Frame.encode(message, ANY_VERSION));
  }

  // ---- the end ----

  /** The other end is refused, and told. */
  final void refuse(RefusalCode code, String words) {
    if (!over) {
      door.tally().count(LinkEvent.REFUSED_HERE);
      send(new LinkMessage.Refused(code, words));
      pipe().closeWhenSent();
      end(new LinkRefusedException(code, words));
    }
  }

  /** Ends it; the other end is told nothing. */
  @Override
  public final void drop(String why) {
    if (!over) {
      pipe.ifPresent(Pipe::abort);
      end(new IOException(why));
    }
  }

  final void end(IOException why) {
    leave();
    door.nodes().left(this);
    failed(why);
  }

  private void leave() {
    over = true;
    timer.ifPresent(Clock.Timer::cancel);
    door.greeted(this);
  }

  /** It ends as a link. */
  final void becomeLink(Hello peer, int version, OpenLink.Use use) {
    leave();
    OpenLink link =
        new OpenLink(door, pipe(), new OpenLink.Terms(peer, version, early, certified), use);
    door.opens(link);
    door.nodes().becomes(this, link);
    pipe().use(peer.purpose().linkClass());
    pipe().moveTo(use.home(), link);
  }

  // ---- what both ends check ----

  /** The version to speak with the other end; if there is none it is refused. */
  final Optional<Integer> commonVersion(Hello peer) {
    Versions own = door.identity().versions();
    Optional<Integer> version = own.newestCommon(peer.versions());
    if (version.isEmpty()) {
      refuse(
          RefusalCode.NO_COMMON_VERSION,
          "this node speaks protocol " + own + ", the other " + peer.versions());
    }
    return version;
  }

  /** Whether the other end belongs to this cluster; if not it is refused. */
  final boolean isOfCluster(Hello.Sender peer) {
    Hello.Sender own = door.identity().sender();
    if (peer.clusterId().equals(own.clusterId())) {
      return true;
    }
    refuse(
        RefusalCode.WRONG_CLUSTER,
        "this is cluster " + own.clusterId() + ", not " + peer.clusterId());
    return false;
  }

  /** Whether the certificate shown names the node that the other end says it is. */
  final boolean isCertified(Hello.Sender peer) {
    return switch (pipe().shown()) {
      case Shown.Nothing _ -> {
        refuse(RefusalCode.NO_CERTIFICATE, "no certificate was shown");
        yield false;
      }
      case Shown.Distrusted(RefusalCode code, String words) -> {
        refuse(code, words);
        yield false;
      }
      case Certified said -> isOf(said, peer);
    };
  }

  private boolean isOf(Certified said, Hello.Sender peer) {
    certified = Optional.of(said);
    if (!said.node().equals(peer.nodeId())) {
      refuse(
          RefusalCode.WRONG_CERTIFICATE,
          "the certificate is of node " + said.node() + ", not " + peer.nodeId());
      return false;
    }
    return true;
  }

  /** Whether the other end is another node than this one; if not it is refused. */
  final boolean isSomebodyElse(Hello.Sender peer) {
    Hello.Sender own = door.identity().sender();
    if (!peer.nodeId().equals(own.nodeId())) {
      return true;
    }
    if (peer.incarnation().equals(own.incarnation())) {
      refuse(RefusalCode.SELF, "this is the same process");
    } else {
      String words = "this node exists twice: " + describe(peer);
      door.cloneMet(peer, own.incarnation(), words);
      refuse(RefusalCode.CLONED_NODE, words);
    }
    return false;
  }

  final String describe(Hello.Sender peer) {
    return peer.name()
        + " ("
        + peer.nodeId()
        + ", incarnation "
        + peer.incarnation()
        + ") at "
        + pipe().remote();
  }

  // ---- clones ----

  @Override
  public final void probe(Runnable onAlive) {
    // whoever is still greeting shows life by going on, or is late soon
  }

  final void refuseClone(Hello.Sender peer, UUID living) {
    String words =
        describe(peer) + " is refused: the node is linked already, as incarnation " + living;
    door.cloneMet(peer, living, words);
    refuse(RefusalCode.CLONED_NODE, words);
  }
}
