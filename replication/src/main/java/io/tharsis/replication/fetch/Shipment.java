package io.tharsis.replication.fetch;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.log.Position;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.log.ShippedLog.Found;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.replication.link.Allowance;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.wire.Compression;
import io.tharsis.replication.wire.LogMessage;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.Payload;
import io.tharsis.replication.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * The source's side of one LOG link: ships what is durable here from where the receiver asked, as
 * long as it gives credit and the link has room. While one run is being sent the next one is read;
 * other work of the owner comes in between the pieces of a run. Lives on the owner of the log; the
 * log is closed only after {@link #stop}.
 */
public final class Shipment implements LinkHandler {

  /** How often a source says how far it is. */
  static final Duration TELL = Duration.ofSeconds(1);

  /** More credit than any receiver needs; who gives more is not one of ours. */
  static final long MOST_CREDIT_BYTES = 1L << 30;

  /** Who keeps what receivers need. Called on the owner of the log. */
  public interface Listener {

    /** The link is there: the log is not closed before the shipment has ended. */
    void begun(Shipment shipment);

    /** The member has everything below its durable LSN of this log on stable storage. */
    void progressed(UUID member, LogMessage.Progress progress);

    /** The member has, of our own newest epoch, more than is durable here. */
    void ahead(UUID member, long lsn);

    /** The log here could not be read where a member needs it. */
    void unreadable(IOException cause);

    /** The shipment has ended: its link is gone and no read is under way. */
    void ended(Shipment shipment);
  }

  /**
   * A part of a run, as it goes over the link in one message.
   *
   * @param last the run, if it ends with this piece
   */
  private record Piece(
      Position position, Optional<Found.Run> last, Optional<ByteBuffer> header, ByteBuffer bytes) {}

  /**
   * What a source sends by.
   *
   * @param clock of the log's owner
   * @param hybridTime the source's hybrid clock
   * @param allowance to send bulk
   */
  public record Sending(Clock clock, LongSupplier hybridTime, Allowance allowance) {}

  private final ReadableLog log;
  private final FetchLimits limits;
  private final Codec codec;
  private final Clock clock;
  private final LongSupplier hybridTime;
  private final Allowance allowance;
  private final Listener listener;
  private Optional<Link> open = Optional.empty();
  private Optional<Position> cursor = Optional.empty();
  private Optional<Clock.Timer> teller = Optional.empty();
  private long credit;
  private long toldDurable = -1;
  private boolean reading;
  private Optional<Found.Run> ahead = Optional.empty();
  private final ArrayDeque<Piece> unsent = new ArrayDeque<>();
  private boolean isWaiting;
  private boolean isOurHistory;
  private Optional<LogMessage.Progress> claim = Optional.empty();
  private int stream;
  private OptionalLong rotten = OptionalLong.empty();

  /**
   * Waits for its link.
   *
   * @param codec how bulk is compressed, where the receiver reads it and it gets shorter
   */
  public Shipment(
      ReadableLog log, FetchLimits limits, Codec codec, Sending sending, Listener listener) {
    this.log = log;
    this.limits = limits;
    this.codec = codec;
    this.clock = sending.clock();
    this.hybridTime = sending.hybridTime();
    this.allowance = sending.allowance();
    this.listener = listener;
  }

  /** Where the next byte to be shipped is; empty while nothing is asked for. */
  public Optional<Position> cursor() {
    return cursor;
  }

  /** The log has become durable up to another place. */
  public void durableMoved() {
    pump();
  }

  /** Whether it goes to this member. */
  public boolean isTo(UUID member) {
    return open.filter(link -> link.peer().nodeId().equals(member)).isPresent();
  }

  /** Ships nothing any more, and what the member has said of itself and was not told counts not. */
  public void stop(String why) {
    newStream();
    cursor = Optional.empty();
    open.ifPresent(link -> link.close(why));
  }

  @Override
  public void opened(Link link) {
    open = Optional.of(link);
    listener.begun(this);
  }

  @Override
  public void received(Link link, Message message) {
    if (!(message instanceof LogMessage said)) {
      link.close("a message of another class");
      return;
    }
    switch (said) {
      case LogMessage.FetchFrom(Position position, long creditBytes) ->
          begin(position, creditBytes);
      case LogMessage.Progress progress -> progressed(link, progress);
      case LogMessage.LogRun other -> link.close("a source was sent log");
      case LogMessage.DurableAt other -> link.close("a source was told how far a source is");
      case LogMessage.Gone other -> link.close("a source was told that log is gone");
      case LogMessage.Diverged other -> link.close("a source was told that logs diverged");
    }
  }

  private void newStream() {
    stream++;
    claim = Optional.empty();
    ahead = Optional.empty();
    unsent.clear();
  }

  private void begin(Position position, long creditBytes) {
    newStream();
    isOurHistory = false;
    cursor = Optional.of(position);
    credit = 0;
    toldDurable = -1;
    addCredit(creditBytes);
    if (teller.isEmpty()) {
      tellLater();
    }
    pump();
  }

  private void progressed(Link link, LogMessage.Progress progress) {
    claim = Optional.of(progress);
    if (isOurHistory) {
      judge(link.peer().nodeId(), progress);
    }
    addCredit(progress.creditBytes());
    pump();
  }

  /** What a member says of itself counts once its log was found to be a part of this one. */
  private void proven(Link link) {
    if (!isOurHistory) {
      isOurHistory = true;
      claim.ifPresent(progress -> judge(link.peer().nodeId(), progress));
    }
  }

  private void judge(UUID member, LogMessage.Progress progress) {
    if (progress.durableLsn() > log.marks().durable()) {
      listener.ahead(member, progress.durableLsn());
    } else {
      listener.progressed(member, progress);
    }
  }

  /** There may be a debt before: a run that is longer than the credit is shipped whole. */
  private void addCredit(long bytes) {
    credit += bytes;
    if (bytes > MOST_CREDIT_BYTES || credit > MOST_CREDIT_BYTES) {
      stop("more credit than can be");
    }
  }

  @Override
  public void roomAgain(Link link) {
    goOn(stream);
  }

  private void pump() {
    if (reading || ahead.isPresent() || cursor.isEmpty() || credit <= 0) {
      return;
    }
    if (!open.map(Link::hasRoom).orElse(false)) {
      return;
    }
    if (!allowance.isOpen()) {
      awaitAllowance();
      return;
    }
    reading = true;
    int of = stream;
    log.shipped()
        .read(cursor.get(), (int) Math.min(credit, limits.runBytes()))
        .observe(found -> readEnded(of, found), this::unreadable);
  }

  private void awaitAllowance() {
    if (!isWaiting) {
      isWaiting = true;
      allowance.await(() -> {
        isWaiting = false;
        pump();
      });
    }
  }

  private void readEnded(int of, Found found) {
    reading = false;
    if (open.isEmpty()) {
      listener.ended(this);
    } else if (of != stream) {
      pump();
    } else if (unsent.isEmpty()) {
      answer(open.get(), found);
    } else if (found instanceof Found.Run run) {
      ahead = Optional.of(run);
    }
    // Anything else is asked for again when all is sent: it may not be true any more.
  }

  private void answer(Link link, Found found) {
    switch (found) {
      case Found.Run run -> {
        proven(link);
        ship(link, run);
      }
      case Found.Nothing nothing -> {
        proven(link);
        tell();
      }
      case Found.Gone(long oldest) -> end(link, new LogMessage.Gone(oldest));
      case Found.Diverged(String reason) -> end(link, new LogMessage.Diverged(reason));
      case Found.Ahead ahead -> {
        listener.ahead(link.peer().nodeId(), cursor.orElseThrow().lsn());
        tell();
      }
    }
  }

  private void end(Link link, LogMessage last) {
    cursor = Optional.empty();
    link.send(last);
  }

  private void ship(Link link, Found.Run run) {
    ByteBuffer bytes = run.bytes();
    Position from = run.position();
    for (int at = 0; at < bytes.remaining(); at += Wire.MAX_BULK_BYTES) {
      int length = Math.min(Wire.MAX_BULK_BYTES, bytes.remaining() - at);
      unsent.add(
          new Piece(
              new Position(from.logfileNumber(), from.lsn() + at, from.epochId()),
              at + length == bytes.remaining() ? Optional.of(run) : Optional.empty(),
              at == 0 ? run.header() : Optional.empty(),
              bytes.slice(bytes.position() + at, length)));
    }
    credit -= bytes.remaining();
    cursor = Optional.of(run.next());
    pump();
    sendNext(link);
  }

  private void sendNext(Link link) {
    Piece piece = unsent.remove();
    Codec shorter = link.codecs().contains(codec) ? codec : Codec.PLAIN;
    Payload payload = Compression.compress(piece.bytes(), shorter);
    allowance.spend(payload.stored().remaining());
    boolean isLast = piece.last().isPresent();
    link.send(new LogMessage.LogRun(piece.position(), isLast, piece.header(), payload));
    piece.last().ifPresent(log.shipped()::giveBack);
    int of = stream;
    log.owner().execute(() -> goOn(of));
  }

  private void goOn(int of) {
    if (of != stream || open.isEmpty()) {
      return;
    }
    Link link = open.get();
    if (unsent.isEmpty()) {
      Optional<Found.Run> next = ahead;
      ahead = Optional.empty();
      next.ifPresentOrElse(run -> ship(link, run), this::pump);
    } else if (link.hasRoom()) {
      sendNext(link);
    }
  }

  private void unreadable(IOException cause) {
    reading = false;
    listener.unreadable(cause);
    if (open.isEmpty()) {
      listener.ended(this);
    } else if (cause instanceof LogDamage found) {
      rotten(found);
    } else {
      stop("the log cannot be read here: " + cause.getMessage());
    }
  }

  /**
   * Read again, when all before it is sent; if it is rotten then, too, it is nowhere here. Who
   * needs it can begin anew if what it says is on the disk here; else the member's copy is all that
   * there is, and nothing is given up.
   */
  private void rotten(LogDamage damage) {
    boolean again = damage.lsn().equals(rotten);
    rotten = damage.lsn();
    if (!unsent.isEmpty()) {
      return;
    }
    boolean isApplied = damage.lsn().orElse(Long.MAX_VALUE) < log.marks().checkpoint();
    if (!again) {
      pump();
    } else if (isApplied) {
      end(open.get(), new LogMessage.Gone(log.shipped().newestBase().orElse(0L)));
    } else {
      stop("the log cannot be read here: " + damage.getMessage());
    }
  }

  /** Says how far the log is, unless that was just said. */
  private void tell() {
    long durable = log.marks().durable();
    if (durable != toldDurable) {
      tellNow(durable);
    }
  }

  private void tellNow(long durable) {
    toldDurable = durable;
    open.ifPresent(link -> link.send(new LogMessage.DurableAt(durable, hybridTime.getAsLong())));
  }

  private void tellLater() {
    teller =
        Optional.of(
            clock.after(
                TELL,
                () -> {
                  cursor.ifPresent(at -> tellNow(log.marks().durable()));
                  tellLater();
                }));
  }

  @Override
  public void closed(Link link, LinkEnd end) {
    open = Optional.empty();
    newStream();
    cursor = Optional.empty();
    teller.ifPresent(Clock.Timer::cancel);
    if (!reading) {
      listener.ended(this);
    }
  }
}
