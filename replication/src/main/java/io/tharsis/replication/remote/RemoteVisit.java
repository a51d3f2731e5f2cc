package io.tharsis.replication.remote;

import io.tharsis.replication.fetch.FetchSource;
import io.tharsis.replication.link.Destination;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.wire.Compression;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.Payload;
import io.tharsis.replication.wire.VolumeMessage.Attach;
import io.tharsis.replication.wire.VolumeMessage.Attached;
import io.tharsis.replication.wire.VolumeMessage.Cancel;
import io.tharsis.replication.wire.VolumeMessage.Credit;
import io.tharsis.replication.wire.VolumeMessage.Found;
import io.tharsis.replication.wire.VolumeMessage.Kind;
import io.tharsis.replication.wire.VolumeMessage.Moved;
import io.tharsis.replication.wire.VolumeMessage.Outcome;
import io.tharsis.replication.wire.VolumeMessage.Piece;
import io.tharsis.replication.wire.VolumeMessage.Pulse;
import io.tharsis.replication.wire.VolumeMessage.Reply;
import io.tharsis.replication.wire.VolumeMessage.Request;
import io.tharsis.replication.wire.VolumeMessage.Reset;
import io.tharsis.replication.wire.VolumeMessage.Resized;
import io.tharsis.replication.wire.VolumeMessage.Sign;
import io.tharsis.replication.wire.VolumeMessage.Tick;
import io.tharsis.replication.wire.VolumeMessage.WasReset;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** One link of a front to a primary, from the attempt to open it to its end. */
final class RemoteVisit implements LinkHandler {

  /** Bytes of a write that are sent at a time. */
  static final int PIECE_BYTES = 256 << 10;

  /** Nothing is sent with a tick older than that: it would be too old when it arrives. */
  private static final Duration STALE = Duration.ofSeconds(1);

  private final RemotePrimary primary;
  private final long begunNanos;
  private Optional<Link> open = Optional.empty();
  private Optional<Credit> credit = Optional.empty();
  private Optional<RoutedOperation> sending = Optional.empty();
  private final SortedSet<Long> resets = new TreeSet<>();
  private long lastSentNanos;
  private long firstSeq;
  private long seen;
  private boolean moved;
  private boolean resting;
  private boolean ended;

  RemoteVisit(RemotePrimary primary) {
    this.primary = primary;
    this.begunNanos = primary.front().now();
    this.lastSentNanos = begunNanos;
  }

  private Front front() {
    return primary.front();
  }

  void connect(FetchSource source) {
    Hello.Purpose purpose = Hello.Purpose.of(LinkClass.VOLUME, front().resourceId());
    front()
        .seams()
        .links()
        .connect(
            new Destination(source.address(), purpose, Optional.of(source.node())),
            front().seams().home(),
            this)
        .observe(link -> {}, cause -> over(String.valueOf(cause.getMessage())));
  }

  /** Whether the primary has answered. */
  boolean isAttached() {
    return credit.isPresent();
  }

  /** Whether operations are taken there. */
  boolean isServed() {
    return isAttached() && !moved;
  }

  /** When something was last sent that tells the primary that we live. */
  long lastSentNanos() {
    return lastSentNanos;
  }

  // ---- the link ----

  @Override
  public void opened(Link link) {
    open = Optional.of(link);
    if (ended) {
      link.close("not wanted any more");
      return;
    }
    link.send(new Attach(front().id(), begunNanos, primary.heard(), primary.unresolved()));
  }

  @Override
  public void closed(Link link, LinkEnd end) {
    open = Optional.empty();
    over(end.words());
  }

  void end(String why) {
    if (!ended) {
      over(why);
    }
  }

  private void over(String why) {
    ended = true;
    open.ifPresent(link -> link.close(why));
    primary.ended(this, why);
  }

  /** Looks whether the primary is silent for too long. */
  void look() {
    long limit = front().limits().age().toNanos();
    boolean silent =
        isAttached()
            ? primary.silentNanos() > limit
            : open.isPresent() && front().now() - begunNanos > 4 * limit;
    if (silent) {
      end("nothing was heard of the primary");
    } else if (moved && sending.isEmpty() && primary.isQuiet()) {
      end("the primary has ceded its role");
    }
  }

  // ---- sending ----

  boolean takes(RoutedOperation operation, int operations, long bytes) {
    return isServed()
        && !resting
        && sending.isEmpty()
        && operations < credit.orElseThrow().operations()
        && (bytes == 0 || bytes + operation.work().dataBytes() <= credit.orElseThrow().bytes())
        && primary.silentNanos() < STALE.toNanos()
        && open.orElseThrow().hasRoom();
  }

  void send(RoutedOperation operation) {
    if (firstSeq == 0) {
      firstSeq = operation.seq();
    }
    Link link = open.orElseThrow();
    link.send(new Request(operation.seq(), sign(), operation.work(), piece(operation)));
    if (operation.work().kind() == Kind.WRITE && operation.bytesLeft() > 0) {
      sending = Optional.of(operation);
      sendOn(link);
    }
  }

  private static Payload piece(RoutedOperation operation) {
    return Payload.plain(
        operation.work().kind() == Kind.WRITE ? operation.next(PIECE_BYTES) : operation.next(0));
  }

  private void sendOn(Link link) {
    while (sending.isPresent() && link.hasRoom()) {
      link.send(new Piece(sign(), piece(sending.get())));
      sending = sending.filter(operation -> operation.bytesLeft() > 0);
    }
  }

  private Sign sign() {
    lastSentNanos = front().now();
    return new Sign(primary.tick(), seen);
  }

  void cancel(RoutedOperation operation) {
    sending = sending.filter(other -> other != operation);
    open.ifPresent(link -> link.send(new Cancel(operation.seq(), sign())));
  }

  /** Asks for a reset at all other nodes, once. */
  void reset(long number, int volume) {
    if (resets.add(number)) {
      open.ifPresent(link -> link.send(new Reset(number, volume)));
    }
  }

  @Override
  public void roomAgain(Link link) {
    if (!ended) {
      sendOn(link);
      front().pump();
    }
  }

  // ---- receiving ----

  @Override
  public void received(Link link, Message message) {
    if (ended) {
      return;
    }
    try {
      switch (message) {
        case Attached said when credit.isEmpty() -> {
          credit = Optional.of(said.credit());
          primary.attached(this, said);
        }
        case Reply(long seq, Outcome outcome) -> replied(seq, outcome);
        case Found found -> found(found);
        case Tick(long tick) -> {
          resting = false;
          primary.tell(tick);
          link.send(new Pulse(sign()));
          front().pump();
        }
        case Resized(int volume, var shape) ->
            front().shaped(volume, new Front.Shape(shape.sizeBytes(), shape.writeCache()));
        case Moved() -> moved();
        case Reset(long number, int volume) ->
            front()
                .resetElsewhere(volume)
                .observe(done -> confirm(number), cause -> confirm(number));
        case WasReset(long number) -> {
          resets.remove(number);
          front().wasReset(number);
        }
        default -> over("it sent what a primary does not send: " + message);
      }
    } catch (IOException malformed) {
      over("it sent " + malformed.getMessage());
    }
  }

  private void confirm(long number) {
    open.ifPresent(link -> link.send(new WasReset(number)));
  }

  private void moved() {
    if (!moved) {
      moved = true;
      primary.moved();
    }
  }

  private RoutedOperation operation(long seq) throws IOException {
    return primary.find(seq).orElseThrow(() -> new IOException("an answer to nothing: " + seq));
  }

  private void replied(long seq, Outcome outcome) throws IOException {
    RoutedOperation operation = operation(seq);
    seen++;
    sending = sending.filter(other -> other != operation);
    switch (outcome) {
      case MOVED -> moved();
      // not at once again what is too old already: with the next tick
      case NOT_BEGUN -> resting |= firstSeq != 0 && seq >= firstSeq;
      case DONE, READ_FAILED, LOG_STOPPED, SPACE_EXHAUSTED, INTERRUPTED -> {}
    }
    primary.answered(operation, outcome);
    front().pump();
  }

  private void found(Found found) throws IOException {
    RoutedOperation operation = operation(found.seq());
    boolean fits =
        operation.work().kind() == Kind.READ && operation.found(Compression.expand(found.data()));
    if (!fits || found.last() != (operation.bytesLeft() == 0)) {
      throw new IOException("other bytes than were asked for");
    }
    if (found.last()) {
      seen++;
      primary.answered(operation, Outcome.DONE);
      front().pump();
    }
  }
}
