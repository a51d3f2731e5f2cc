package io.tharsis.replication.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.LinkSecurity;
import io.tharsis.replication.link.Network;
import io.tharsis.replication.link.Pipe;
import io.tharsis.replication.wire.LinkClass;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * TCP and TLS 1.3 as the network of a node. Connections begin on the door's loop, which computes
 * their handshakes (a millisecond or two each): best a loop that does nothing else. Names are
 * resolved on an executor that may block.
 */
public final class NettyNetwork implements Network {

  private static final int BACKLOG = 128;
  private static final int CONNECT_LIMIT_MILLIS = 5_000;

  private final LinkHome door;
  private final OwnerLoops loops;
  private final SocketOptions options;
  private final Executor blocking;
  private final TlsContexts tls;
  private final AtomicInteger accepted = new AtomicInteger();

  /**
   * What the network stands on.
   *
   * @param door where connections begin
   * @param loops knows the loop of the door and of every home of a link
   * @param blocking asks for addresses, which may take long: virtual threads
   */
  public record Ground(LinkHome door, OwnerLoops loops, Executor blocking) {}

  /** A network without connections. */
  public NettyNetwork(Ground ground, LinkSecurity security, SocketOptions options) {
    this.door = ground.door();
    this.loops = ground.loops();
    this.blocking = ground.blocking();
    this.options = options;
    this.tls = new TlsContexts(security, options.tls());
  }

  TlsContexts tls() {
    return tls;
  }

  SocketOptions options() {
    return options;
  }

  EventLoop loopOf(LinkHome home) {
    return loops.loopOf(home.owner());
  }

  // ---- connecting ----

  @Override
  public Async<Pipe> dial(InetSocketAddress to, LinkClass linkClass) {
    Async<Pipe> result = new Async<>();
    if (to.isUnresolved()) {
      blocking.execute(() -> resolve(to, linkClass, result));
    } else {
      connect(new ArrayDeque<>(List.of(to)), linkClass, result);
    }
    return result;
  }

  private void resolve(InetSocketAddress to, LinkClass linkClass, Async<Pipe> result) {
    ArrayDeque<InetSocketAddress> addresses = new ArrayDeque<>();
    try {
      for (InetAddress address : InetAddress.getAllByName(to.getHostString())) {
        addresses.add(new InetSocketAddress(address, to.getPort()));
      }
    } catch (UnknownHostException unknown) {
      door.owner().execute(() -> result.fail(unknown));
      return;
    }
    door.owner().execute(() -> connect(addresses, linkClass, result));
  }

  /** One address after the other, until one answers. */
  private void connect(
      ArrayDeque<InetSocketAddress> addresses, LinkClass linkClass, Async<Pipe> result) {
    InetSocketAddress to = addresses.remove();
    ChannelFuture connecting =
        new Bootstrap()
            .group(loopOf(door))
            .channel(options.channel())
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_LIMIT_MILLIS)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.AUTO_READ, false)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) throws IOException {
                    NettyPipe.of(
                        NettyNetwork.this, channel, tls.connecting(channel, linkClass), to);
                  }
                })
            .connect(to);
    ChannelFuture _ =
        connecting.addListener(ended ->
            door.owner()
                .execute(() -> {
                  if (ended.isSuccess()) {
                    result.succeed(connecting.channel().pipeline().get(NettyPipe.class));
                  } else if (addresses.isEmpty()) {
                    result.fail(asIo(ended.cause()));
                  } else {
                    connect(addresses, linkClass, result);
                  }
                }));
  }

  private static IOException asIo(Throwable cause) {
    return cause instanceof IOException io ? io : new IOException(cause);
  }

  // ---- accepting ----

  @Override
  public Async<Listening> listen(InetSocketAddress at, Consumer<Pipe> arrivals) {
    Async<Listening> result = new Async<>();
    ChannelFuture binding =
        new ServerBootstrap()
            .group(loopOf(door))
            .channel(options.serverChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) throws IOException {
                    accepted(channel, arrivals);
                  }
                })
            .bind(at);
    ChannelFuture _ =
        binding.addListener(bound ->
            door.owner()
                .execute(() -> {
                  if (bound.isSuccess()) {
                    blocking.execute(tls::rehearse);
                    result.succeed(new Bound(binding.channel()));
                  } else {
                    result.fail(asIo(bound.cause()));
                  }
                }));
    return result;
  }

  private void accepted(Channel channel, Consumer<Pipe> arrivals) throws IOException {
    if (accepted.incrementAndGet() > options.mostConnections()) {
      accepted.decrementAndGet();
      channel.unsafe().closeForcibly();
      return;
    }
    ChannelFuture _ = channel.closeFuture().addListener(_ -> accepted.decrementAndGet());
    Optional<InetSocketAddress> remote =
        Optional.ofNullable((InetSocketAddress) channel.remoteAddress());
    NettyPipe pipe =
        NettyPipe.of(
            this, channel, tls.accepting(channel), remote.orElse(new InetSocketAddress(0)));
    door.owner().execute(() -> arrivals.accept(pipe));
  }

  private record Bound(Channel channel) implements Listening {
    @Override
    public InetSocketAddress address() {
      return (InetSocketAddress) channel.localAddress();
    }

    @Override
    public void close() {
      ChannelFuture _ = channel.close();
    }
  }
}
