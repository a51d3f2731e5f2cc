package io.tharsis.replication.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.tharsis.replication.link.Destination;
import io.tharsis.replication.link.LinkNode;
import io.tharsis.replication.link.RecordingHandler;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A connection is on one loop at a time. */
class MovingTest {

  private static final List<Boolean> ELSEWHERE_TOO_SOON = new CopyOnWriteArrayList<>();

  /** Says that it has left its loop before the loop is done with it, as io_uring's does. */
  public static final class Lingering extends NioSocketChannel {
    @Override
    public ChannelFuture deregister() {
      EventLoop from = eventLoop();
      ChannelPromise left = newPromise();
      ChannelFuture _ =
          super.deregister()
              .addListener(_ -> {
                left.setSuccess();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
                ELSEWHERE_TOO_SOON.add(isRegistered() || !eventLoop().equals(from));
              });
      return left;
    }
  }

  @BeforeEach
  void forget() {
    ELSEWHERE_TOO_SOON.clear();
  }

  @Test
  void aConnectionJoinsAnotherLoopWhenTheFirstIsDoneWithIt() throws IOException {
    try (NettyLinkWorld world =
        new NettyLinkWorld(
            new NettyLinkWorld.Sockets(
                NioIoHandler.newFactory(),
                Lingering.class,
                NioServerSocketChannel.class,
                InetAddress.getLoopbackAddress()))) {
      LinkNode a = world.start(LinkNode.Spec.of("a", 1, world.limits()));
      LinkNode b = world.start(LinkNode.Spec.of("b", 2, world.limits()));
      Destination there =
          new Destination(
              b.address(),
              Hello.Purpose.of(LinkClass.CONTROL),
              Optional.of(b.spec().sender().nodeId()));
      RecordingHandler handler = new RecordingHandler(world::changed, (_, _) -> {});
      world.await(a, () -> a.links().connect(there, a.home(), handler));
      world.until(() -> !ELSEWHERE_TOO_SOON.isEmpty());
      assertThat(ELSEWHERE_TOO_SOON).containsExactly(false);
    }
  }
}
