package io.tharsis.server.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One TCP connection, and the one boundary at which its errors end: a violation of the protocol
 * rejects a PDU or closes this connection, a bug of ours closes this connection; nothing else is
 * touched. Confined to the channel's event loop, which changes once, at the end of login.
 */
final class IscsiConnection extends ChannelInboundHandlerAdapter implements PduReader.Sink {

  private static final System.Logger DIAGNOSTICS =
      System.getLogger(IscsiConnection.class.getName());

  private static final long LINGER_SECONDS = 2;

  private final IscsiPortal portal;
  private final Channel channel;
  private final PduReader reader;
  private final ArrayDeque<ByteBuf> unread = new ArrayDeque<>(0);
  private Phase phase;
  private Optional<Move> move = Optional.empty();
  private Optional<Future<?>> loginTimer = Optional.empty();
  private long lastReadNanos = System.nanoTime();
  private boolean paused;
  private boolean closed;
  private boolean reported;

  /** A change of loop that waits for the end of the present read. */
  private record Move(EventLoop to, Runnable then) {}

  IscsiConnection(IscsiPortal portal, Channel channel) {
    this.portal = portal;
    this.channel = channel;
    this.reader = new PduReader(Negotiation.MAX_RECV_DATA_SEGMENT_BYTES, channel.alloc(), this);
    this.phase = new LoginPhase(this, channel);
  }

  IscsiPortal.Settings settings() {
    return portal.settings();
  }

  InetSocketAddress localAddress() {
    return (InetSocketAddress) channel.localAddress();
  }

  /** When bytes last came. */
  long lastReadNanos() {
    return lastReadNanos;
  }

  boolean isClosed() {
    return closed;
  }

  // ---- bytes in ----

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    portal.opened(this);
    startLoginTimer();
    channel.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    lastReadNanos = System.nanoTime();
    settings().metrics().bytesIn(in.readableBytes());
    if (closed) {
      in.release();
    } else if (paused) {
      unread.add(in);
    } else {
      consume(in);
    }
  }

  private void consume(ByteBuf in) {
    boolean keep = false;
    try {
      while (!closed && !paused && in.isReadable()) {
        readUntilViolation(in);
      }
      keep = paused && !closed && in.isReadable();
    } finally {
      if (keep) {
        unread.addFirst(in);
      } else {
        in.release();
      }
    }
  }

  private void readUntilViolation(ByteBuf in) {
    try {
      reader.read(in);
    } catch (ProtocolViolation e) {
      violated(e, reader.current());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (move.isPresent()) {
      Move now = move.get();
      move = Optional.empty();
      change(now);
    } else if (!paused && !closed && !channel.config().isAutoRead()) {
      channel.read();
    }
  }

  @Override
  public PduReader.Landing header(Bhs bhs) {
    return phase.header(bhs);
  }

  @Override
  public void pdu(Bhs bhs, ByteBuf data) {
    settings().metrics().pduIn(bhs.byteAt(0) & 0x3f);
    phase.pdu(bhs, data);
  }

  // ---- from login to the session ----

  /**
   * Moves the channel to another loop and runs {@code then} there. Nothing is read meanwhile: the
   * channel leaves its loop when the read that brought the last PDU has ended and no other was
   * asked for, since io_uring loses a read that is under way.
   */
  void moveTo(EventLoop loop, Runnable then) {
    pause();
    stopLoginTimer();
    if (channel.eventLoop().equals(loop)) {
      startLoginTimer();
      loop.execute(then);
    } else {
      move = Optional.of(new Move(loop, then));
    }
  }

  private void change(Move now) {
    ChannelFuture _ =
        channel
            .deregister()
            .addListener(left -> {
              if (left.isSuccess()) {
                arrive(now);
              } else {
                abort();
              }
            });
  }

  private void arrive(Move now) {
    ChannelFuture _ = now.to().register(channel).addListener(arrived -> arrived(now, arrived));
  }

  private void arrived(Move now, Future<?> registered) {
    if (registered.isSuccess()) {
      startLoginTimer();
      now.then().run();
    } else {
      abort();
    }
  }

  /** Login has ended well; {@code result} is what it led to. */
  void enter(FullFeaturePhase.Result result) {
    stopLoginTimer();
    phase = new FullFeaturePhase(this, channel, result);
    paused = false;
    reader.resume();
    channel.config().setAutoRead(true);
    if (!unread.isEmpty()) {
      channel.eventLoop().execute(this::consumeUnread);
      pause();
    }
  }

  private void consumeUnread() {
    paused = false;
    reader.resume();
    while (!unread.isEmpty() && !closed) {
      consume(unread.remove());
    }
    releaseUnread();
  }

  private void pause() {
    paused = true;
    reader.pause();
  }

  private void startLoginTimer() {
    long nanos = settings().limits().login().timeout().toNanos();
    Runnable expired = () -> close("no login within " + settings().limits().login().timeout());
    loginTimer = Optional.of(channel.eventLoop().schedule(expired, nanos, TimeUnit.NANOSECONDS));
  }

  private void stopLoginTimer() {
    loginTimer.ifPresent(timer -> timer.cancel(false));
    loginTimer = Optional.empty();
  }

  // ---- errors and the end ----

  /** A PDU was against the rules. */
  void violated(ProtocolViolation violation, Bhs bhs) {
    if (closed) {
      return;
    }
    report(violation.getMessage());
    phase.violated(violation, bhs);
    if (violation.isFatal()) {
      close(violation.getMessage());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      SocketAddress peer = channel.remoteAddress();
      DIAGNOSTICS.log(System.Logger.Level.ERROR, "connection of " + peer + " failed", cause);
    }
    end();
    abort();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (channel.isWritable() && !closed) {
      phase.writable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end();
    portal.closed(this);
  }

  /** Ends the connection; what was written still goes out. */
  void close(String why) {
    if (!closed) {
      report("closed: " + why);
      end();
      closeWhenWritten();
    }
  }

  /** The conversation is over: closes when what was written is out. */
  void finish() {
    end();
    closeWhenWritten();
  }

  private void closeWhenWritten() {
    ChannelFuture _ = channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> abort());
    Future<?> limit = channel.eventLoop().schedule(this::abort, LINGER_SECONDS, TimeUnit.SECONDS);
    ChannelFuture _ = channel.closeFuture().addListener(_ -> limit.cancel(false));
  }

  private void end() {
    if (!closed) {
      closed = true;
      stopLoginTimer();
      reader.close();
      releaseUnread();
      phase.closed();
    }
  }

  private void releaseUnread() {
    unread.forEach(ByteBuf::release);
    unread.clear();
  }

  /** Says once what is wrong with a connection. */
  private void report(String what) {
    if (!reported) {
      reported = true;
      DIAGNOSTICS.log(System.Logger.Level.WARNING, "{0}: {1}", channel.remoteAddress(), what);
    }
  }

  /** From any thread: begins nothing any more, closes when what was begun is answered. */
  void drain() {
    EventLoop loop = channel.eventLoop();
    loop.execute(() -> {
      if (channel.isRegistered() && channel.eventLoop().equals(loop)) {
        phase.drain(this::finish);
      } else {
        abort();
      }
    });
  }

  /** From any thread: closes now. */
  void abort() {
    ChannelFuture _ = channel.close();
  }
}
