package io.tharsis.server.iscsi;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One address on which initiators reach targets. Accepts connections on loops of its own; a
 * connection moves to its target's loop when it has logged in. All methods may be called from any
 * thread.
 */
public final class IscsiPortal {

  private static final int BACKLOG = 128;
  private static final WriteBufferWaterMark WRITE_BUFFER =
      new WriteBufferWaterMark(512 << 10, 2 << 20);

  private final InetSocketAddress address;
  private final Transport transport;
  private final Settings settings;
  private final Set<IscsiConnection> connections = ConcurrentHashMap.newKeySet();
  private final Promise<Void> closed;
  private volatile Optional<Channel> server = Optional.empty();
  private volatile boolean closing;

  /**
   * What carries the portal's bytes.
   *
   * @param loops where connections live until they have logged in
   * @param serverChannel the server socket that fits these loops
   */
  public record Transport(EventLoopGroup loops, Class<? extends ServerChannel> serverChannel) {}

  /**
   * What the portal serves.
   *
   * @param directory the targets
   * @param limits what connections may take
   * @param metrics told what happens
   */
  public record Settings(TargetDirectory directory, IscsiLimits limits, EdgeMetrics metrics) {}

  /** A portal that does not listen yet. */
  public IscsiPortal(InetSocketAddress address, Transport transport, Settings settings) {
    this.address = address;
    this.transport = transport;
    this.settings = settings;
    this.closed = transport.loops().next().newPromise();
  }

  /** Begins to listen: the address in use, or why it cannot be had. */
  public Future<InetSocketAddress> start() {
    Promise<InetSocketAddress> started = transport.loops().next().newPromise();
    ChannelFuture _ =
        bootstrap()
            .bind(address)
            .addListener((ChannelFuture bound) -> {
              if (bound.isSuccess()) {
                server = Optional.of(bound.channel());
                started.setSuccess((InetSocketAddress) bound.channel().localAddress());
              } else {
                started.setFailure(bound.cause());
              }
            });
    return started;
  }

  private ServerBootstrap bootstrap() {
    return new ServerBootstrap()
        .group(transport.loops())
        .channel(transport.serverChannel())
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.AUTO_READ, false)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER)
        .childOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator(2048, 16 << 10, 256 << 10))
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                accepted(channel);
              }
            });
  }

  private void accepted(Channel channel) {
    if (closing || connections.size() >= settings.limits().connections()) {
      settings.metrics().connectionRefused();
      ChannelFuture _ = channel.close();
    } else {
      channel.pipeline().addLast(new IscsiConnection(this, channel));
    }
  }

  Settings settings() {
    return settings;
  }

  void opened(IscsiConnection connection) {
    connections.add(connection);
    settings.metrics().connectionOpened();
    if (closing) {
      connection.abort();
    }
  }

  void closed(IscsiConnection connection) {
    if (connections.remove(connection)) {
      settings.metrics().connectionClosed();
    }
    closedIfNothingIsLeft();
  }

  private void closedIfNothingIsLeft() {
    boolean listening = server.isPresent() && server.get().isOpen();
    if (closing && !listening && connections.isEmpty()) {
      closed.trySuccess(null);
    }
  }

  /** How many connections there are. */
  public int connectionCount() {
    return connections.size();
  }

  /**
   * Ends the portal: no new connections, no new commands; what was begun is finished and answered,
   * but for no longer than {@code limit}; then the connections are closed. Ends when the last one
   * is.
   */
  public Future<Void> close(Duration limit) {
    closing = true;
    for (IscsiConnection connection : connections) {
      connection.drain();
    }
    if (server.isPresent()) {
      ChannelFuture _ = server.get().close().addListener(_ -> closedIfNothingIsLeft());
    }
    closedIfNothingIsLeft();
    Future<?> _ =
        transport
            .loops()
            .next()
            .schedule(
                () -> connections.forEach(IscsiConnection::abort),
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
    return closed;
  }
}
