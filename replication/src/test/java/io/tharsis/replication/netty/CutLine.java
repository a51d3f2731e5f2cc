package io.tharsis.replication.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A line to a port that can be cut: what is on it then stays where it is, and no end is told. Until
 * then it carries bytes and ends of connections.
 */
final class CutLine {

  private final EventLoopGroup loop;
  private final InetSocketAddress to;
  private final Channel server;
  private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  /** A line that the JDK's sockets carry, whatever those at its ends are. */
  CutLine(EventLoopGroup loop, InetSocketAddress to) {
    this.loop = loop;
    this.to = to;
    this.server =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel near) {
                    connect(near);
                  }
                })
            .bind(new InetSocketAddress(to.getAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.localAddress();
  }

  void cut() {
    cut = true;
    channels.forEach(channel -> channel.config().setAutoRead(false));
  }

  private void connect(Channel near) {
    channels.add(near);
    ChannelFuture far =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.AUTO_READ, false)
            .handler(new Relay(near))
            .connect(to);
    near.pipeline().addLast(new Relay(far.channel()));
    ChannelFuture _ =
        far.addListener(connected -> {
          if (connected.isSuccess()) {
            channels.add(far.channel());
            if (!cut) {
              near.config().setAutoRead(true);
              far.channel().config().setAutoRead(true);
            }
          } else {
            ChannelFuture _ = near.close();
          }
        });
  }

  /** One direction. */
  private final class Relay extends ChannelInboundHandlerAdapter {
    private final Channel other;

    Relay(Channel other) {
      this.other = other;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (cut) {
        // a read that was under way when the line was cut
        ReferenceCountUtil.release(message);
      } else {
        ChannelFuture _ = other.writeAndFlush(message);
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      if (!cut) {
        other.config().setAutoRead(ctx.channel().isWritable());
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (!cut) {
        ChannelFuture _ = other.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (!cut) {
        ChannelFuture _ = other.close();
      }
    }
  }

  /** Waits until nobody can connect any more. */
  void close() {
    server.close().syncUninterruptibly();
    channels.forEach(channel -> channel.close().syncUninterruptibly());
  }
}
