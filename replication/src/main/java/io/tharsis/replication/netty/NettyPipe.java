package io.tharsis.replication.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.tharsis.replication.link.LinkEvent;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.Pipe;
import io.tharsis.replication.link.Shown;
import io.tharsis.replication.wire.LinkClass;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * A TLS connection as a pipe. Confined to the channel's event loop, which changes once. Reading is
 * asked for read by read until then, because a channel may leave its loop only when no read and no
 * write is under way.
 */
final class NettyPipe extends ChannelInboundHandlerAdapter implements Pipe {

  private static final System.Logger DIAGNOSTICS = System.getLogger(NettyPipe.class.getName());

  private static final int PIECE_BYTES = 64 << 10;
  private static final long LINGER_SECONDS = 2;

  private final Channel channel;
  private final NettyNetwork network;
  private final InetSocketAddress remote;
  private final ReadGate gate = new ReadGate(this::moveWhenQuiet);
  private final ArrayDeque<ByteBuf> unread = new ArrayDeque<>(0);
  private Optional<Sink> sink = Optional.empty();
  private Optional<PipeEnd> end = Optional.empty();
  private Optional<Runnable> move = Optional.empty();
  private long unsentBytes;
  private boolean paused = true;
  private boolean flushing;
  // this end has closed it: the sink hears nothing more
  private boolean closing;

  private NettyPipe(NettyNetwork network, Channel channel, InetSocketAddress remote) {
    this.network = network;
    this.channel = channel;
    this.remote = remote;
  }

  /** A pipe at the end of the channel's pipeline, behind {@code tls}. */
  static NettyPipe of(
      NettyNetwork network, Channel channel, SslHandler tls, InetSocketAddress remote) {
    NettyPipe pipe = new NettyPipe(network, channel, remote);
    channel.pipeline().addLast(pipe.gate, tls, pipe);
    return pipe;
  }

  @Override
  public InetSocketAddress remote() {
    return remote;
  }

  @Override
  public Shown shown() {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    return tls == null ? new Shown.Nothing() : network.tls().shownTo(tls.engine());
  }

  @Override
  public void use(LinkClass linkClass) {
    int codePoint = network.options().dscp().getOrDefault(linkClass, 0);
    channel.config().setOption(ChannelOption.IP_TOS, codePoint << 2);
  }

  // ---- reading ----

  @Override
  public void start(Sink to) {
    sink = Optional.of(to);
    paused = false;
    if (end.isPresent()) {
      channel.eventLoop().execute(this::tellEnd);
    } else {
      channel.read();
    }
  }

  @Override
  public void pause() {
    paused = true;
    gate.hold();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (closing) {
      in.release();
    } else if (paused) {
      unread.add(in);
    } else {
      deliver(in);
    }
  }

  private void deliver(ByteBuf in) {
    try {
      for (ByteBuffer part : in.nioBuffers()) {
        if (!closing && end.isEmpty()) {
          sink.orElseThrow().bytes(part);
        }
      }
    } finally {
      in.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if ((closing || !paused) && !channel.config().isAutoRead()) {
      channel.read();
    }
  }

  // ---- writing ----

  @Override
  public void write(ByteBuffer bytes) {
    unsentBytes += bytes.remaining();
    for (int at = bytes.position(); at < bytes.limit(); at += PIECE_BYTES) {
      int length = Math.min(PIECE_BYTES, bytes.limit() - at);
      ChannelFuture _ =
          channel
              .write(Unpooled.wrappedBuffer(bytes.slice(at, length)))
              .addListener(_ -> written(length));
    }
    if (!flushing) {
      flushing = true;
      channel.eventLoop().execute(this::flush);
    }
  }

  /** Once for all that was written in one turn of the loop. */
  private void flush() {
    flushing = false;
    channel.flush();
  }

  private void written(int bytes) {
    unsentBytes -= bytes;
    moveWhenQuiet();
    if (!closing && end.isEmpty() && !paused) {
      sink.orElseThrow().sent();
    }
  }

  @Override
  public long unsentBytes() {
    return unsentBytes;
  }

  // ---- to the loop of the user ----

  @Override
  public void moveTo(LinkHome home, Sink to) {
    EventLoop loop = network.loopOf(home);
    pause();
    sink = Optional.empty();
    if (channel.eventLoop().equals(loop)) {
      home.owner().execute(() -> arrive(to));
      return;
    }
    move = Optional.of(() -> leave(loop, () -> home.owner().execute(() -> arrive(to))));
    moveWhenQuiet();
  }

  private void moveWhenQuiet() {
    if (move.isPresent() && !gate.isInTurn() && unsentBytes == 0 && !flushing) {
      Runnable now = move.get();
      move = Optional.empty();
      // not within the call that brought us here: it still belongs to the old loop
      channel.eventLoop().execute(now);
    }
  }

  /**
   * Registers in a task of its own of the old loop: a channel of io_uring says that it has left
   * while the old loop still looks at it, and would find there what the new one has begun.
   */
  private void leave(EventLoop to, Runnable arrived) {
    EventLoop from = channel.eventLoop();
    ChannelFuture _ =
        channel
            .deregister()
            .addListener(_ ->
                from.execute(() -> {
                  ChannelFuture _ = to.register(channel).addListener(_ -> arrived.run());
                }));
  }

  /** On the owner of the user. If the connection did not survive the move, the user is told. */
  private void arrive(Sink to) {
    sink = Optional.of(to);
    if (end.isEmpty() && !(channel.isOpen() && channel.isRegistered())) {
      end = Optional.of(new PipeEnd(LinkEvent.BROKEN, "the connection was closed"));
    }
    if (end.isPresent()) {
      tellEnd();
      return;
    }
    paused = false;
    gate.open();
    to.arrived();
    while (!unread.isEmpty() && !closing) {
      deliver(unread.remove());
    }
    channel.config().setAutoRead(true);
  }

  // ---- the end ----

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Throwable reason =
        cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
    LinkEvent event =
        switch (reason) {
          case NotSslRecordException _ -> LinkEvent.NOT_TLS;
          case SSLException _ -> LinkEvent.UNTRUSTED;
          case IOException _ -> LinkEvent.BROKEN;
          default -> LinkEvent.BUG;
        };
    if (event == LinkEvent.BUG) {
      DIAGNOSTICS.log(System.Logger.Level.ERROR, "connection with " + remote + " failed", cause);
    }
    ended(new PipeEnd(event, words(reason)));
    closeNow();
  }

  private static String words(Throwable reason) {
    // closed while TLS greets, for instance: Netty's exception says nothing
    String message =
        Optional.ofNullable(reason.getMessage()).orElse(reason.getClass().getSimpleName());
    // Netty shows the bytes that are not TLS: they may be megabytes, and are the peer's
    return message.substring(0, Math.min(200, message.length()));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended(new PipeEnd(LinkEvent.BROKEN, "the other end closed the connection"));
  }

  private void ended(PipeEnd why) {
    if (end.isEmpty()) {
      end = Optional.of(why);
      if (sink.isPresent()) {
        tellEnd();
      }
    }
  }

  private void tellEnd() {
    releaseUnread();
    if (!closing) {
      closing = true;
      sink.orElseThrow().ended(end.orElseThrow());
    }
  }

  private void releaseUnread() {
    unread.forEach(ByteBuf::release);
    unread.clear();
  }

  /**
   * The other end closes when it has read our last words; what it sends until then is dropped.
   * Closing first, with its bytes unread, would have the kernel take our words back.
   */
  @Override
  public void closeWhenSent() {
    if (!closing) {
      closing = true;
      releaseUnread();
      channel.flush();
      gate.open();
      channel.config().setAutoRead(true);
      Future<?> limit =
          channel.eventLoop().schedule(this::closeNow, LINGER_SECONDS, TimeUnit.SECONDS);
      ChannelFuture _ = channel.closeFuture().addListener(_ -> limit.cancel(false));
    }
  }

  @Override
  public void abort() {
    closing = true;
    releaseUnread();
    closeNow();
  }

  /** Past TLS, which would wait for its farewell to be sent. */
  private void closeNow() {
    channel.unsafe().close(channel.newPromise());
  }
}
