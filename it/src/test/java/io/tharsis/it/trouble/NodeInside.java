package io.tharsis.it.trouble;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.tharsis.it.initiator.IscsiUrl;
import io.tharsis.logfiles.host.HostDisk;
import io.tharsis.logfiles.host.HostEntropy;
import io.tharsis.logfiles.host.HostStore;
import io.tharsis.logfiles.host.IoThreads;
import io.tharsis.logfiles.log.LogConfig;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.WriterIdentity;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.ResourceConfig;
import io.tharsis.logfiles.volume.ResourceStatus;
import io.tharsis.logfiles.volume.VolumeConfig;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.server.iscsi.EdgeMetrics;
import io.tharsis.server.iscsi.IscsiLimits;
import io.tharsis.server.iscsi.IscsiPortal;
import io.tharsis.server.iscsi.IscsiTarget;
import io.tharsis.server.iscsi.TargetDirectory;
import io.tharsis.server.loop.LoopClock;
import io.tharsis.server.loop.LoopOwner;
import io.tharsis.server.scsi.TargetPort;
import io.tharsis.server.scsi.TaskLimits;
import io.tharsis.server.scsi.VolumeTargetDevice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A node in this JVM, behind a real socket, with one resource on a {@link FaultyDisk}. Made and
 * closed by the test that owns it.
 */
final class NodeInside implements AutoCloseable {

  private static final String TARGET = "iqn.2026-11.io.tharsis:inside";
  private static final long LIMIT_SECONDS = 60;

  /** Eight logfiles of 8 MiB and a backlog of 16 MiB, so that limits are reached soon. */
  private static final LogLimits SMALL =
      new LogLimits(
          8L << 20,
          4,
          64L << 20,
          2 << 20,
          16L << 20,
          2 << 20,
          16L << 20,
          Duration.ofMillis(10),
          Duration.ofMillis(200),
          1L << 20,
          1 << 20);

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final LoopOwner owner = new LoopOwner(loop);
  private final LoopClock clock = new LoopClock(owner);
  private final IoThreads threads = new IoThreads("inside", 2, 2);
  private final HostStore store;
  private final FaultyDisk disk;
  private final LoggedResource resource;
  private final IscsiPortal portal;
  private final IscsiUrl url;

  /**
   * Serves a disk.
   *
   * @param file that exists and has its size
   * @param directory of the log; exists
   */
  NodeInside(Path file, Path directory) throws IOException {
    HostDisk.Options buffered = HostDisk.Options.BUFFERED;
    store = await(() -> HostStore.open(directory, owner, threads, buffered));
    disk = new FaultyDisk(await(() -> HostDisk.open(file, owner, threads, buffered)), clock);
    resource =
        await(() ->
            LoggedResource.open(
                new ResourceConfig(
                    "inside",
                    List.of(new VolumeConfig(disk, WriteCache.DURABLE)),
                    new LogConfig(
                        SMALL, new WriterIdentity(new UUID(1, 2), "it", new UUID(3, 4)), false)),
                new Seams(owner, clock, new HostEntropy(), store)));
    portal = portal();
    InetSocketAddress address = portal.start().awaitUninterruptibly().getNow();
    url = new IscsiUrl("127.0.0.1", address.getPort(), TARGET, 0);
  }

  private IscsiPortal portal() throws IOException {
    IscsiLimits limits = IscsiLimits.defaults();
    VolumeTargetDevice device =
        await(() ->
            Async.of(
                new VolumeTargetDevice(
                    owner,
                    ByteBufAllocator.DEFAULT,
                    List.of(resource.volume(0)),
                    TargetPort.alone(TARGET),
                    TaskLimits.DEFAULT)));
    IscsiTarget target = new IscsiTarget(TARGET, device, 1, loop, limits);
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

  /** Starts something on the loop and waits for its end. */
  private <T> T await(Supplier<Async<T>> operation) throws IOException {
    CompletableFuture<T> ended = new CompletableFuture<>();
    owner.execute(() -> {
      try {
        operation.get().observe(ended::complete, ended::completeExceptionally);
      } catch (RuntimeException | Error bug) {
        ended.completeExceptionally(bug);
      }
    });
    try {
      return ended.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      throw new IOException(failed);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  FaultyDisk disk() {
    return disk;
  }

  IscsiUrl url() {
    return url;
  }

  ResourceStatus status() throws IOException {
    return await(() -> Async.of(resource.status()));
  }

  @Override
  public void close() throws IOException {
    portal.close(Duration.ofSeconds(5)).awaitUninterruptibly();
    await(resource::close);
    await(store::close);
    threads.close();
    group.shutdownGracefully(0, LIMIT_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
