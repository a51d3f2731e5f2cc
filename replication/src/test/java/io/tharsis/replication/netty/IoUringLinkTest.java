package io.tharsis.replication.netty;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.tharsis.replication.link.LinkContract;
import io.tharsis.replication.link.LinkWorld;
import java.net.InetAddress;

/** Links over TLS on io_uring keep the contract: above all, none is lost on the way to its loop. */
class IoUringLinkTest extends LinkContract {

  @Override
  protected LinkWorld newWorld() {
    assumeTrue(IoUring.isAvailable(), "this host has no io_uring");
    return new NettyLinkWorld(
        new NettyLinkWorld.Sockets(
            IoUringIoHandler.newFactory(),
            IoUringSocketChannel.class,
            IoUringServerSocketChannel.class,
            InetAddress.getLoopbackAddress()));
  }
}
