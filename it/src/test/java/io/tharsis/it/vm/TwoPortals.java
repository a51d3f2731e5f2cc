package io.tharsis.it.vm;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.server.iscsi.EdgeMetrics;
import io.tharsis.server.iscsi.IscsiLimits;
import io.tharsis.server.iscsi.IscsiPortal;
import io.tharsis.server.iscsi.IscsiTarget;
import io.tharsis.server.iscsi.TargetDirectory;
import io.tharsis.server.loop.LoopOwner;
import io.tharsis.server.scsi.AccessControl;
import io.tharsis.server.scsi.AccessState;
import io.tharsis.server.scsi.PortGroups;
import io.tharsis.server.scsi.TargetPort;
import io.tharsis.server.scsi.TaskLimits;
import io.tharsis.server.scsi.VolumeTargetDevice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * What initiators see of two nodes that serve one LUN: two portals, each with a port group and a
 * device of its own, in front of one volume in memory. The role moves when the test says so. It is
 * there to test the initiator's side without a cluster. Owned by the test that made it.
 */
final class TwoPortals implements AutoCloseable {

  private static final String TARGET = "iqn.2026-11.io.tharsis:two-portals";
  private static final int LUN_BYTES = 128 << 20;

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final LoopOwner owner = new LoopOwner(loop);
  private final MemoryLun lun = new MemoryLun(owner, LUN_BYTES);
  private final List<VolumeTargetDevice> devices = new ArrayList<>();
  private final List<IscsiPortal> portals = new ArrayList<>();
  private final List<IscsiUrl> urls = new ArrayList<>();

  /** Opens the portals; the role is at the first. */
  TwoPortals() {
    for (int own = 1; own <= 2; own++) {
      VolumeTargetDevice device =
          new VolumeTargetDevice(
              owner,
              ByteBufAllocator.DEFAULT,
              List.<Volume>of(lun),
              new TargetPort(TARGET, primaryAt(1, own), AccessControl.IMPLICIT),
              TaskLimits.DEFAULT);
      devices.add(device);
      IscsiPortal portal = portal(device, own);
      portals.add(portal);
      int port = portal.start().awaitUninterruptibly().getNow().getPort();
      urls.add(new IscsiUrl("127.0.0.1", port, TARGET, 0));
    }
  }

  private IscsiPortal portal(VolumeTargetDevice device, int own) {
    IscsiLimits limits = IscsiLimits.defaults();
    IscsiTarget target = new IscsiTarget(TARGET, device, own, loop, limits);
    return new IscsiPortal(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        new IscsiPortal.Transport(group, NioServerSocketChannel.class),
        new IscsiPortal.Settings(only(target), limits, EdgeMetrics.NONE));
  }

  private static TargetDirectory only(IscsiTarget target) {
    return new TargetDirectory() {
      @Override
      public Optional<IscsiTarget> lookup(String targetName, String initiatorName) {
        return Optional.of(target).filter(it -> it.name().equals(targetName));
      }

      @Override
      public Collection<String> visibleTo(String initiatorName) {
        return List.of(TARGET);
      }
    };
  }

  private static PortGroups primaryAt(int primary, int own) {
    return states(
        own, number -> number == primary ? AccessState.OPTIMIZED : AccessState.NON_OPTIMIZED);
  }

  private static PortGroups states(int own, IntFunction<AccessState> stateOf) {
    return new PortGroups(
        IntStream.rangeClosed(1, 2)
            .mapToObj(number -> new PortGroups.Group(number, stateOf.apply(number), false))
            .toList(),
        own);
  }

  /** The LUN through the first and through the second portal. */
  List<IscsiUrl> urls() {
    return List.copyOf(urls);
  }

  /** Moves the role to the first (1) or the second (2); everything waits for so long. */
  void move(int to, Duration pause) throws IOException {
    on(
        0,
        () -> {
          lun.hold();
          tell(own -> states(own, number -> AccessState.TRANSITIONING));
        });
    on(
        pause.toMillis(),
        () -> {
          lun.release();
          tell(own -> primaryAt(to, own));
        });
  }

  private void tell(IntFunction<PortGroups> groupsOf) {
    for (int own = 1; own <= 2; own++) {
      devices.get(own - 1).portGroups(groupsOf.apply(own));
    }
  }

  private void on(long afterMillis, Runnable message) throws IOException {
    try {
      loop.schedule(message, afterMillis, TimeUnit.MILLISECONDS).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException bug) {
      throw new IOException(bug);
    }
  }

  @Override
  public void close() {
    for (IscsiPortal portal : portals) {
      portal.close(Duration.ofSeconds(5)).awaitUninterruptibly();
    }
    group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
