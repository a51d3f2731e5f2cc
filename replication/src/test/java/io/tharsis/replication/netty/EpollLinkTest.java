package io.tharsis.replication.netty;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.tharsis.replication.link.LinkContract;
import io.tharsis.replication.link.LinkWorld;
import java.net.InetAddress;

/** Links over TLS on epoll keep the contract. */
class EpollLinkTest extends LinkContract {

  @Override
  protected LinkWorld newWorld() {
    assumeTrue(Epoll.isAvailable(), "this host has no epoll");
    return new NettyLinkWorld(
        new NettyLinkWorld.Sockets(
            EpollIoHandler.newFactory(),
            EpollSocketChannel.class,
            EpollServerSocketChannel.class,
            InetAddress.getLoopbackAddress()));
  }
}
