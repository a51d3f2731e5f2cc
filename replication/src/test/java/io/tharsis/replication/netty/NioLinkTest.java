package io.tharsis.replication.netty;

import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.tharsis.replication.link.LinkContract;
import io.tharsis.replication.link.LinkWorld;
import java.net.InetAddress;

/** Links over TLS on the JDK's sockets keep the contract. */
class NioLinkTest extends LinkContract {

  static NettyLinkWorld world(InetAddress address) {
    return new NettyLinkWorld(
        new NettyLinkWorld.Sockets(
            NioIoHandler.newFactory(),
            NioSocketChannel.class,
            NioServerSocketChannel.class,
            address));
  }

  @Override
  protected LinkWorld newWorld() {
    return world(InetAddress.getLoopbackAddress());
  }
}
