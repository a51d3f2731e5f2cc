package io.tharsis.replication.simnet;

import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.sim.SimOwner;
import io.tharsis.replication.link.Certified;
import io.tharsis.replication.link.LinkEvent;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.Pipe;
import io.tharsis.replication.link.Shown;
import io.tharsis.replication.wire.LinkClass;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.zip.CRC32C;

/** One end of a simulated connection. */
final class SimPipe implements Pipe {

  private static final int PIECE_BYTES = 64 << 10;
  private static final int WINDOW_BYTES = 256 << 10;
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final SimNet net;
  private final SimNet.Side side;
  private final SimNet.Side other;
  private final Circuit circuit;
  private final ArrayDeque<ByteBuffer> unsent = new ArrayDeque<>();
  private final ArrayDeque<Runnable> inbox = new ArrayDeque<>();
  private Optional<SimPipe> peer = Optional.empty();
  private Optional<Sink> sink = Optional.empty();
  private Optional<LinkClass> carries = Optional.empty();
  private SimOwner owner;
  private long unsentBytes;
  private long inFlightBytes;
  private long lastArrivalNanos;
  private boolean paused = true;
  private boolean closing;
  private boolean closed;
  // nothing arrives any more, and the sink will be told
  private boolean broken;

  /** What both ends share: whether the network still knows the connection. */
  static final class Circuit {
    private boolean vanished;
  }

  SimPipe(SimNet net, SimNet.Side side, SimNet.Side other, Circuit circuit) {
    this.net = net;
    this.side = side;
    this.other = other;
    this.circuit = circuit;
    this.owner = side.door();
  }

  /** Both ends know each other. */
  void joinTo(SimPipe there) {
    peer = Optional.of(there);
  }

  boolean isClosed() {
    return closed;
  }

  SimOwner owner() {
    return owner;
  }

  private SimLine line() {
    return net.line(side.host().name(), other.host().name());
  }

  @Override
  public InetSocketAddress remote() {
    return InetSocketAddress.createUnresolved(other.host().name(), other.port());
  }

  @Override
  public Shown shown() {
    return other
        .paper()
        .<Shown>map(theirs ->
            new Certified(
                theirs.node(),
                theirs.serial(),
                theirs.until(),
                side.paper().map(SimNet.Paper::until).orElse(Instant.MAX)))
        .orElseGet(Shown.Nothing::new);
  }

  @Override
  public void use(LinkClass linkClass) {
    // all classes are treated alike, and counted
    carries = Optional.of(linkClass);
    peer.ifPresent(there -> there.carries = Optional.of(linkClass));
  }

  // ---- receiving ----

  @Override
  public void start(Sink to) {
    sink = Optional.of(to);
    paused = false;
    drain();
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void moveTo(LinkHome home, Sink to) {
    paused = true;
    owner = (SimOwner) home.owner();
    home.owner()
        .execute(() -> {
          sink = Optional.of(to);
          paused = false;
          to.arrived();
          drain();
        });
  }

  private void drain() {
    while (!paused && !closed && !inbox.isEmpty()) {
      inbox.remove().run();
    }
  }

  /** Something has arrived: it waits its turn, or the process is gone. */
  private void arrives(Runnable what) {
    if (closed || broken) {
      return;
    }
    if (!owner.isAlive()) {
      processIsGone();
      return;
    }
    inbox.add(what);
    owner.execute(this::drain);
  }

  private void receive(ByteBuffer piece) {
    int bytes = piece.remaining();
    sink.orElseThrow().bytes(piece);
    peer.orElseThrow().acknowledgedBy(this, bytes);
  }

  private void acknowledgedBy(SimPipe receiver, int bytes) {
    SimLine back = receiver.line();
    if (!circuit.vanished) {
      back.carry(back.arrivalNanos(0, net.nowNanos(), Duration.ZERO), () -> acknowledged(bytes));
    }
  }

  private void acknowledged(int bytes) {
    inFlightBytes -= bytes;
    if (!closed && owner.isAlive()) {
      owner.execute(this::pump);
    }
  }

  // ---- sending ----

  @Override
  public void write(ByteBuffer bytes) {
    Invariant.check(!closing, "write to a pipe that closes");
    unsent.add(bytes.slice());
    unsentBytes += bytes.remaining();
    pump();
  }

  @Override
  public long unsentBytes() {
    return unsentBytes;
  }

  private void pump() {
    long before = unsentBytes;
    while (!closed && !unsent.isEmpty() && inFlightBytes < WINDOW_BYTES) {
      ByteBuffer first = unsent.getFirst();
      int bytes = Math.min(PIECE_BYTES, first.remaining());
      ByteBuffer piece = ByteBuffer.allocate(bytes).put(first.slice(first.position(), bytes));
      first.position(first.position() + bytes);
      if (!first.hasRemaining()) {
        unsent.remove();
      }
      unsentBytes -= bytes;
      inFlightBytes += bytes;
      carries.ifPresent(linkClass -> net.count(linkClass, bytes));
      depart(piece.flip());
    }
    if (unsentBytes < before && !closed) {
      owner.execute(this::tellSent);
    }
    if (closing && !closed && unsent.isEmpty()) {
      finish();
    }
  }

  private void tellSent() {
    if (!closed && !paused && sink.isPresent()) {
      sink.get().sent();
    }
  }

  private void depart(ByteBuffer piece) {
    NetFaults faults = net.faults();
    if (faults.strikes(NetFault.VANISH)) {
      circuit.vanished = true;
    }
    if (faults.strikes(NetFault.BREAK)) {
      circuit.vanished = true;
      net.soon(this::isBroken);
      net.soon(peer.orElseThrow()::isBroken);
      return;
    }
    if (faults.strikes(NetFault.FLIP)) {
      int at = net.random().below(piece.limit());
      piece.put(at, (byte) (piece.get(at) ^ 1 << net.random().below(8)));
    }
    if (!circuit.vanished) {
      observe(piece);
      send(piece.limit(), () -> peer.orElseThrow().arrives(received(piece)));
    }
  }

  private Runnable received(ByteBuffer piece) {
    SimPipe there = peer.orElseThrow();
    return () -> there.receive(piece);
  }

  private void observe(ByteBuffer piece) {
    CRC32C crc = new CRC32C();
    crc.update(piece.duplicate());
    net.observe(crc.getValue());
  }

  private void send(int bytes, Runnable arrival) {
    Duration extra =
        net.faults().strikes(NetFault.DELAY)
            ? Duration.ofMillis(net.random().between(200, 6_000))
            : Duration.ZERO;
    lastArrivalNanos = line().arrivalNanos(bytes, lastArrivalNanos, extra);
    line().carry(lastArrivalNanos, arrival);
  }

  // ---- the end ----

  @Override
  public void closeWhenSent() {
    if (!closing && !closed) {
      closing = true;
      paused = true;
      net.later(LINGER, this::abort);
      pump();
    }
  }

  private void finish() {
    closed = true;
    if (!circuit.vanished) {
      SimPipe there = peer.orElseThrow();
      send(0, () -> there.arrives(() -> there.end("the other end closed the connection")));
    }
  }

  @Override
  public void abort() {
    if (!closed) {
      closed = true;
      unsent.clear();
      unsentBytes = 0;
      reset();
    }
  }

  /** The other end is told at once, before what is under way. */
  private void reset() {
    if (!circuit.vanished) {
      SimPipe there = peer.orElseThrow();
      line().carry(line().arrivalNanos(0, net.nowNanos(), Duration.ZERO), () -> there.isBroken());
    }
  }

  /** What the kernel does for a process that has died. */
  void processIsGone() {
    if (!closed) {
      closed = true;
      reset();
    }
  }

  private void isBroken() {
    if (!closed && !broken && owner.isAlive()) {
      broken = true;
      inbox.clear();
      owner.execute(() -> {
        if (sink.isPresent() && !closed) {
          endOrWait();
        }
      });
    }
  }

  private void endOrWait() {
    if (paused) {
      inbox.add(() -> end("connection reset by the other end"));
    } else {
      end("connection reset by the other end");
    }
  }

  private void end(String words) {
    if (!closed && !closing) {
      closed = true;
      sink.orElseThrow().ended(new PipeEnd(LinkEvent.BROKEN, words));
    }
    closed = true;
  }
}
