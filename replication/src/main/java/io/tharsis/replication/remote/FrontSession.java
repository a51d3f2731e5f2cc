package io.tharsis.replication.remote;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.log.ReadBuffers;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.wire.Compression;
import io.tharsis.replication.wire.Payload;
import io.tharsis.replication.wire.VolumeMessage;
import io.tharsis.replication.wire.VolumeMessage.Cancel;
import io.tharsis.replication.wire.VolumeMessage.Found;
import io.tharsis.replication.wire.VolumeMessage.Kind;
import io.tharsis.replication.wire.VolumeMessage.Outcome;
import io.tharsis.replication.wire.VolumeMessage.Piece;
import io.tharsis.replication.wire.VolumeMessage.Pulse;
import io.tharsis.replication.wire.VolumeMessage.Reply;
import io.tharsis.replication.wire.VolumeMessage.Request;
import io.tharsis.replication.wire.VolumeMessage.Reset;
import io.tharsis.replication.wire.VolumeMessage.Sign;
import io.tharsis.replication.wire.VolumeMessage.Tick;
import io.tharsis.replication.wire.VolumeMessage.WasReset;
import io.tharsis.replication.wire.VolumeMessage.Work;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * One front at the primary, over all its links: what is under way for it, and the outcomes of
 * changes that it does not know yet. Belongs to its service.
 *
 * <p>Both are bounded by the credit: a front sends another operation only when an answer has come,
 * and says with it which answers have.
 */
final class FrontSession {

  private static final int BLOCK_BYTES = 512;

  /** Most resets that a front may have asked for at a time. */
  private static final int MAX_RESETS = FrontResets.MAX_WAITING;

  /** Which front. */
  record Name(UUID node, UUID incarnation, UUID front) {}

  /** An outcome that was sent over this link: as which of its replies. */
  private record Answered(long reply, long seq, Outcome outcome) {}

  /** A reset that the front was told of. */
  private record Told(int volume, long atMillis, Async<Void> done) {}

  private final VolumeService service;
  private final Name name;
  private final Map<Long, ServedOperation> running = new LinkedHashMap<>();
  private final ArrayDeque<ServedOperation> found = new ArrayDeque<>();
  private final ArrayDeque<Answered> unseen = new ArrayDeque<>();
  private final Map<Long, Outcome> unlinked = new LinkedHashMap<>();
  private final Map<Long, Told> told = new LinkedHashMap<>();
  private final SortedSet<Integer> missed = new TreeSet<>();
  private Optional<Link> open = Optional.empty();
  private Optional<ServedOperation> incoming = Optional.empty();
  private long attempt;
  private long lastSeq;
  private long replies;
  private long echo;
  private long heardMillis;
  private long bytes;
  private long doomedBytes;
  private long lastReset;
  private int resetting;

  FrontSession(VolumeService service, Name name) {
    this.service = service;
    this.name = name;
  }

  UUID node() {
    return name.node();
  }

  boolean isOf(Name other) {
    return name.equals(other);
  }

  boolean isLinked() {
    return open.isPresent();
  }

  /** Whether an attempt of the same start of the node comes too late. */
  boolean isNewerThan(Name other, long otherAttempt) {
    return name.incarnation().equals(other.incarnation()) && otherAttempt <= attempt;
  }

  /** Whether reads that nobody waits for take all memory that the front may have. */
  boolean isCrowded() {
    return doomedBytes > service.limits().credit().bytes();
  }

  int remembered() {
    return running.size() + unseen.size() + unlinked.size();
  }

  private ReadBuffers buffers() {
    return service.resource().readableLog().readBuffers();
  }

  // ---- links ----

  /**
   * The link is the front's now.
   *
   * @param attemptNow which attempt it is
   * @param unresolved what the front wants to know; what it does not name it knows
   */
  void begin(Link link, long attemptNow, List<Long> unresolved) {
    open = Optional.of(link);
    attempt = attemptNow;
    replies = 0;
    echo = service.nowMillis();
    heardMillis = echo;
    Map<Long, Outcome> known = new LinkedHashMap<>(unlinked);
    unlinked.clear();
    for (long seq : unresolved) {
      if (!running.containsKey(seq)) {
        reply(seq, Optional.ofNullable(known.get(seq)).orElse(Outcome.NOT_BEGUN), true);
      }
    }
    for (int volume : missed) {
      Async<Void> _ = tell(volume, link);
    }
    missed.clear();
  }

  /** Ends the link before another one is answered. */
  void endLink(String why) {
    Optional<Link> ending = open;
    ending.ifPresent(this::unlinked);
    ending.ifPresent(link -> link.close(why));
  }

  /** The link has ended: what waits is taken back, what has begun goes on. */
  void unlinked(Link link) {
    if (open.filter(link::equals).isEmpty()) {
      return;
    }
    open = Optional.empty();
    heardMillis = service.nowMillis();
    incoming.ifPresent(this::forget);
    incoming = Optional.empty();
    found.forEach(this::forget);
    found.clear();
    for (ServedOperation operation : List.copyOf(running.values())) {
      if (operation.takeBack()) {
        forget(operation);
        service.ended();
      } else if (!operation.isChange()) {
        operation.doom();
        running.remove(operation.seq());
        bytes -= operation.work().dataBytes();
        doomedBytes += operation.work().dataBytes();
      }
    }
    unseen.forEach(answered -> unlinked.put(answered.seq(), answered.outcome()));
    unseen.clear();
    told.values().forEach(one -> missed.add(one.volume()));
  }

  // ---- resets ----

  /**
   * A unit is reset at another node, and is to be at the front's. Of who is not linked only what
   * has begun here is waited for, and it is told when it comes back.
   */
  Async<Void> reset(int volume) {
    if (open.isPresent()) {
      return tell(volume, open.get());
    }
    missed.add(volume);
    return running.isEmpty() ? Async.done() : remember(volume);
  }

  private Async<Void> tell(int volume, Link link) {
    Async<Void> done = remember(volume);
    link.send(new Reset(lastReset, volume));
    return done;
  }

  private Async<Void> remember(int volume) {
    Async<Void> done = new Async<>();
    told.put(++lastReset, new Told(volume, service.nowMillis(), done));
    return done;
  }

  private void wasReset(long number) {
    Told one = told.remove(number);
    if (one != null) {
      one.done().succeed(null);
    }
  }

  /** A front that says nothing for so long can do nothing of before any more. */
  private void lookAtResets() {
    long late = service.nowMillis() - service.limits().deadNanos() / 1_000_000;
    boolean quiet = open.isEmpty() && running.isEmpty();
    endResets(quiet ? Long.MAX_VALUE : late);
  }

  /** Waits no more for resets that the front was told of before a time. */
  void endResets(long beforeMillis) {
    List<Long> over =
        told.entrySet().stream()
            .filter(one -> one.getValue().atMillis() < beforeMillis)
            .map(one -> one.getKey())
            .toList();
    over.forEach(this::wasReset);
  }

  private void resetAsked(Reset reset, Link link) {
    if (resetting >= MAX_RESETS || service.sizeBytes(reset.volume()) == 0) {
      violated("reset of volume " + reset.volume());
      return;
    }
    resetting++;
    service
        .reset(this, reset.volume())
        .observe(done -> resetDone(reset, link), cause -> resetDone(reset, link));
  }

  private void resetDone(Reset reset, Link link) {
    resetting--;
    if (open.filter(link::equals).isPresent()) {
      link.send(new WasReset(reset.number()));
    }
  }

  private void forget(ServedOperation operation) {
    running.remove(operation.seq());
    bytes -= operation.work().dataBytes();
    operation.release(buffers());
  }

  void say(VolumeMessage message) {
    open.ifPresent(link -> link.send(message));
  }

  private void violated(String what) {
    endLink("violation: " + what);
  }

  // ---- what the front says ----

  void received(Link link, VolumeMessage message) {
    if (open.filter(link::equals).isEmpty()) {
      return;
    }
    heardMillis = service.nowMillis();
    try {
      switch (message) {
        case Request request -> requested(request);
        case Piece piece -> brought(piece);
        case Cancel cancel -> cancelled(cancel);
        case Pulse(Sign sign) -> signed(sign);
        case Reset reset -> resetAsked(reset, link);
        case WasReset(long number) -> wasReset(number);
        default -> violated("a front does not say " + message);
      }
    } catch (FormatException malformed) {
      violated(malformed.getMessage());
    }
  }

  private void signed(Sign sign) {
    echo = Math.max(echo, sign.tick());
    while (!unseen.isEmpty() && unseen.getFirst().reply() <= sign.seen()) {
      unseen.removeFirst();
    }
  }

  private void requested(Request request) throws FormatException {
    signed(request.sign());
    Work work = request.work();
    ServedOperation operation = new ServedOperation(this, request.seq(), work);
    if (request.seq() <= lastSeq || incoming.isPresent() || exceeds(work) || !isBlocks(work)) {
      violated("operation " + request.seq() + ": " + work);
      return;
    }
    lastSeq = request.seq();
    running.put(operation.seq(), operation);
    bytes += work.dataBytes();
    if (work.kind() == Kind.WRITE && !isWhole(operation, request.data())) {
      return;
    }
    begin(operation, request.sign().tick());
  }

  private boolean exceeds(Work work) {
    var credit = service.limits().credit();
    return running.size() + unseen.size() >= credit.operations()
        || (bytes > 0 && bytes + work.dataBytes() > credit.bytes());
  }

  private boolean isBlocks(Work work) {
    boolean aligned = work.offset() % BLOCK_BYTES == 0 && work.length() % BLOCK_BYTES == 0;
    boolean empty = work.length() == 0 && work.kind() != Kind.FLUSH;
    return aligned && !empty && service.sizeBytes(work.volume()) > 0;
  }

  private boolean isWhole(ServedOperation operation, Payload data) throws FormatException {
    if (!operation.bring(Compression.expand(data), buffers())) {
      violated("more bytes than operation " + operation.seq() + " has");
      return false;
    }
    incoming = operation.bytesLeft() > 0 ? Optional.of(operation) : Optional.empty();
    return incoming.isEmpty();
  }

  private void brought(Piece piece) throws FormatException {
    signed(piece.sign());
    if (incoming.isPresent()) {
      ServedOperation operation = incoming.get();
      if (isWhole(operation, piece.data())) {
        begin(operation, piece.sign().tick());
      }
    } else {
      violated("bytes of no operation");
    }
  }

  /** All of an operation is here. */
  private void begin(ServedOperation operation, long tick) {
    Work work = operation.work();
    if (service.isMoved()) {
      answer(operation, Outcome.MOVED);
    } else if (service.isClosing() || !service.isFresh(tick)) {
      answer(operation, Outcome.NOT_BEGUN);
    } else if (work.offset() + work.length() > service.sizeBytes(work.volume())) {
      // its front takes the volume for larger than it is
      answer(operation, operation.isChange() ? Outcome.SPACE_EXHAUSTED : Outcome.READ_FAILED);
    } else {
      service.begun();
      operation.begin(service.resource().volume(work.volume()), buffers());
    }
  }

  private void cancelled(Cancel cancel) {
    signed(cancel.sign());
    ServedOperation operation = running.get(cancel.seq());
    if (operation == null) {
      return; // its answer is on the way
    }
    if (incoming.filter(operation::equals).isPresent()) {
      incoming = Optional.empty();
      answer(operation, Outcome.NOT_BEGUN);
    } else {
      takeBack(operation);
    }
  }

  private void takeBack(ServedOperation operation) {
    if (operation.takeBack()) {
      answer(operation, Outcome.NOT_BEGUN);
      service.ended();
    }
  }

  // ---- answers ----

  /** The resource has done with an operation. */
  void ended(ServedOperation operation, Outcome outcome) {
    if (operation.isDoomed()) {
      doomedBytes -= operation.work().dataBytes();
      operation.release(buffers());
    } else if (operation.work().kind() == Kind.READ && outcome == Outcome.DONE) {
      found.add(operation);
      open.ifPresent(this::sendFound);
    } else {
      answer(operation, outcome);
    }
    if (outcome == Outcome.MOVED) {
      service.moved();
    }
    service.ended();
  }

  private void answer(ServedOperation operation, Outcome outcome) {
    forget(operation);
    reply(operation.seq(), outcome, operation.isChange());
  }

  private void reply(long seq, Outcome outcome, boolean remember) {
    if (open.isEmpty()) {
      unlinked.put(seq, outcome);
      return;
    }
    replies++;
    if (remember) {
      unseen.add(new Answered(replies, seq, outcome));
    }
    open.get().send(new Reply(seq, outcome));
  }

  private void sendFound(Link link) {
    while (!found.isEmpty() && link.hasRoom()) {
      ServedOperation first = found.getFirst();
      Payload piece = Payload.plain(first.next(RemoteVisit.PIECE_BYTES));
      boolean last = first.bytesLeft() == 0;
      link.send(new Found(first.seq(), last, piece));
      if (last) {
        replies++;
        found.removeFirst();
        forget(first);
      }
    }
  }

  void roomAgain(Link link) {
    if (open.filter(link::equals).isPresent()) {
      sendFound(link);
    }
  }

  // ---- time ----

  /** Tells the time, and takes back what waits if the front has not been heard for too long. */
  void look() {
    if (!service.isFresh(echo)) {
      takeBackWaiting();
    }
    lookAtResets();
    say(new Tick(service.nowMillis()));
  }

  /** Takes back what waits. */
  void takeBackWaiting() {
    List.copyOf(running.values()).forEach(this::takeBack);
  }

  /** Whether the front has been away for so long that it does not come back for anything. */
  boolean isForgotten() {
    return open.isEmpty()
        && running.isEmpty()
        && doomedBytes == 0
        && service.nowMillis() - heardMillis > service.limits().keep().toMillis();
  }
}
