package io.tharsis.replication.remote;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.volume.Ticket;
import io.tharsis.replication.link.Certified;
import io.tharsis.replication.link.Destination;
import io.tharsis.replication.link.ForwardingLinks;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.LinkTraffic;
import io.tharsis.replication.link.Links;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.VolumeMessage.Attach;
import io.tharsis.replication.wire.VolumeMessage.Attached;
import io.tharsis.replication.wire.VolumeMessage.Cancel;
import io.tharsis.replication.wire.VolumeMessage.Outcome;
import io.tharsis.replication.wire.VolumeMessage.Piece;
import io.tharsis.replication.wire.VolumeMessage.Pulse;
import io.tharsis.replication.wire.VolumeMessage.Reply;
import io.tharsis.replication.wire.VolumeMessage.Request;
import io.tharsis.replication.wire.VolumeMessage.Sign;
import io.tharsis.replication.wire.VolumeMessage.Tick;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Bugs that forwarding could have, planted between fronts, services and their links. Each behaves
 * as if one rule was forgotten; the scenario must notice.
 */
final class RemotePlantedBugs {

  private RemotePlantedBugs() {}

  /** The primary takes everything for fresh. */
  static RemotePlanting noAgeCheck() {
    return new Served(Fresh::new);
  }

  /** The primary forgets what it has done when a link ends, and says that it has not. */
  static RemotePlanting noMemory() {
    return new Fronts(Forgetful::new);
  }

  /** A front takes what another opening of the resource does not have for not begun. */
  static RemotePlanting sendsAgainAfterAnotherEpoch() {
    return new Fronts(Confident::new);
  }

  /** Who takes something back is told that it is, before the primary was asked. */
  static RemotePlanting cancelIsNotWaitedFor() {
    return new RemotePlanting() {
      @Override
      public boolean mayEndTwice() {
        return true;
      }

      @Override
      public Ticket ticket(Ticket ticket) {
        return () -> {
          boolean _ = ticket.cancel();
          return true;
        };
      }
    };
  }

  /** Something between the service and its links. */
  private record Served(UnaryOperator<LinkHandler> wrapper) implements RemotePlanting {
    @Override
    public LinkHandler served(LinkHandler handler) {
      return wrapper.apply(handler);
    }
  }

  /** Something between fronts and their links. */
  private record Fronts(UnaryOperator<LinkHandler> wrapper) implements RemotePlanting {
    @Override
    public Links links(Links links) {
      return new ForwardingLinks(links) {
        @Override
        public Async<Link> connect(Destination to, LinkHome home, LinkHandler handler) {
          return super.connect(to, home, wrapper.apply(handler));
        }
      };
    }
  }

  /** A link's user with something in between. */
  private abstract static class Between implements LinkHandler {
    private final LinkHandler behind;

    Between(LinkHandler behind) {
      this.behind = behind;
    }

    Link shown(Link link) {
      return link;
    }

    Message changed(Message message) {
      return message;
    }

    @Override
    public void opened(Link link) {
      behind.opened(shown(link));
    }

    @Override
    public void received(Link link, Message message) {
      behind.received(shown(link), changed(message));
    }

    @Override
    public void roomAgain(Link link) {
      behind.roomAgain(shown(link));
    }

    @Override
    public void closed(Link link, LinkEnd end) {
      behind.closed(shown(link), end);
    }
  }

  private static final class Fresh extends Between {
    private Optional<Told> told = Optional.empty();

    Fresh(LinkHandler behind) {
      super(behind);
    }

    @Override
    Link shown(Link link) {
      told = told.or(() -> Optional.of(new Told(link)));
      return told.get();
    }

    @Override
    Message changed(Message message) {
      return switch (message) {
        case Request request ->
            new Request(request.seq(), fresh(request.sign()), request.work(), request.data());
        case Piece piece -> new Piece(fresh(piece.sign()), piece.data());
        case Cancel cancel -> new Cancel(cancel.seq(), fresh(cancel.sign()));
        case Pulse pulse -> new Pulse(fresh(pulse.sign()));
        default -> message;
      };
    }

    private Sign fresh(Sign sign) {
      return new Sign(told.orElseThrow().newest, sign.seen());
    }
  }

  /** Remembers the newest tick that was sent, whoever has heard it. */
  private static final class Told extends Shown {
    private long newest;

    Told(Link link) {
      super(link);
    }

    @Override
    public void send(Message message) {
      switch (message) {
        case Tick(long tick) -> newest = tick;
        case Attached attached -> newest = attached.tick();
        default -> {}
      }
      super.send(message);
    }
  }

  /** Knows what the front asks about when it attaches again. */
  private abstract static class Asking extends Between {
    private List<Long> asked = List.of();

    Asking(LinkHandler behind) {
      super(behind);
    }

    List<Long> asked() {
      return asked;
    }

    @Override
    Link shown(Link link) {
      return new Shown(link) {
        @Override
        public void send(Message message) {
          if (message instanceof Attach attach) {
            asked = attach.unresolved();
          }
          super.send(message);
        }
      };
    }
  }

  private static final class Forgetful extends Asking {
    Forgetful(LinkHandler behind) {
      super(behind);
    }

    @Override
    Message changed(Message message) {
      return message instanceof Reply reply && asked().contains(reply.seq())
          ? new Reply(reply.seq(), Outcome.NOT_BEGUN)
          : message;
    }
  }

  private static final class Confident extends Asking {
    Confident(LinkHandler behind) {
      super(behind);
    }

    @Override
    public void received(Link link, Message message) {
      if (message instanceof Attached said && !said.resumed()) {
        super.received(
            link,
            new Attached(
                said.service(), said.epoch(), true, said.tick(), said.credit(), said.volumes()));
        asked().forEach(seq -> super.received(link, new Reply(seq, Outcome.NOT_BEGUN)));
      } else {
        super.received(link, message);
      }
    }
  }

  /** A link as its user gets it. */
  private static class Shown implements Link {
    private final Link behind;

    Shown(Link behind) {
      this.behind = behind;
    }

    @Override
    public Hello.Sender peer() {
      return behind.peer();
    }

    @Override
    public Hello.Purpose purpose() {
      return behind.purpose();
    }

    @Override
    public Optional<Certified> certified() {
      return behind.certified();
    }

    @Override
    public Set<Codec> codecs() {
      return behind.codecs();
    }

    @Override
    public void send(Message message) {
      behind.send(message);
    }

    @Override
    public boolean hasRoom() {
      return behind.hasRoom();
    }

    @Override
    public long unsentBytes() {
      return behind.unsentBytes();
    }

    @Override
    public LinkTraffic traffic() {
      return behind.traffic();
    }

    @Override
    public void close(String why) {
      behind.close(why);
    }
  }
}
