package io.tharsis.replication.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContextBuilder;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.replication.wire.LinkClass;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A connection gets the code point of its class. */
class DscpTest {

  @Test
  void eachClassHasItsCodePoint() throws IOException {
    NettyLinkWorld world = NioLinkTest.world(InetAddress.getLoopbackAddress());
    try (MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory())) {
      TestLoop door = new TestLoop(group.next(), _ -> {});
      NettyNetwork network =
          new NettyNetwork(
              new NettyNetwork.Ground(door.home(), DscpTest::loopOf, Runnable::run),
              world.authority().security(Optional.empty()),
              world.options());
      Channel channel = new NioSocketChannel();
      NettyPipe pipe =
          NettyPipe.of(
              network,
              channel,
              SslContextBuilder.forClient().build().newHandler(channel.alloc()),
              new InetSocketAddress(0));
      pipe.use(LinkClass.CONTROL);
      assertThat(channel.config().getOption(ChannelOption.IP_TOS)).isEqualTo(48 << 2);
      pipe.use(LinkClass.LOG);
      assertThat(channel.config().getOption(ChannelOption.IP_TOS)).isEqualTo(10 << 2);
      pipe.use(LinkClass.SYNC);
      assertThat(channel.config().getOption(ChannelOption.IP_TOS)).isZero();
      channel.unsafe().closeForcibly();
    } finally {
      world.close();
    }
  }

  private static EventLoop loopOf(Owner owner) {
    return ((TestLoop) owner).loop();
  }
}
