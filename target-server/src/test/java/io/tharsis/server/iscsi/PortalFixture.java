package io.tharsis.server.iscsi;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A portal on loopback with one target, whose device is a {@link FakeDevice}. */
final class PortalFixture {

  static final int PORTAL_GROUP = 258;

  private static final int PATIENCE_SECONDS = 10;

  final EventLoopGroup group;
  final FakeDevice device;
  final IscsiTarget target;
  final IscsiPortal portal;
  final InetSocketAddress address;
  final Counts counts = new Counts();

  /** Counts what tests want to know. */
  static final class Counts implements EdgeMetrics {
    final AtomicInteger rejected = new AtomicInteger();
    final AtomicInteger heldBack = new AtomicInteger();
    final ConcurrentLinkedQueue<Integer> loginFailures = new ConcurrentLinkedQueue<>();

    @Override
    public void rejected(RejectReason reason) {
      rejected.incrementAndGet();
    }

    @Override
    public void commandHeldBack() {
      heldBack.incrementAndGet();
    }

    @Override
    public void loginFailed(int status) {
      loginFailures.add(status);
    }
  }

  PortalFixture() throws Exception {
    this(IscsiLimits.defaults());
  }

  PortalFixture(IscsiLimits limits) throws Exception {
    this(
        limits,
        new IscsiPortal.Transport(
            new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory()),
            NioServerSocketChannel.class));
  }

  PortalFixture(IscsiLimits limits, IscsiPortal.Transport transport) throws Exception {
    group = transport.loops();
    EventLoop owner = group.next();
    device = new FakeDevice(owner);
    target = new IscsiTarget(RawInitiator.TARGET, device, PORTAL_GROUP, owner, limits);
    TargetDirectory directory =
        new TargetDirectory() {
          @Override
          public Optional<IscsiTarget> lookup(String targetName, String initiatorName) {
            return Optional.of(target).filter(t -> t.name().equals(targetName));
          }

          @Override
          public Collection<String> visibleTo(String initiatorName) {
            return List.of(target.name());
          }
        };
    portal =
        new IscsiPortal(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            transport,
            new IscsiPortal.Settings(directory, limits, counts));
    address = portal.start().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  RawInitiator connect() throws Exception {
    return new RawInitiator(address);
  }

  RawInitiator loggedIn(String... keys) throws Exception {
    return connect().loggedIn(keys);
  }

  void close() throws Exception {
    portal.close(Duration.ofMillis(100)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    group
        .shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS)
        .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
