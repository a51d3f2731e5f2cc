package io.tharsis.server.node;

import io.netty.buffer.ByteBufAllocator;
import io.tharsis.logfiles.host.HostDisk;
import io.tharsis.logfiles.host.HostEntropy;
import io.tharsis.logfiles.host.IoThreads;
import io.tharsis.logfiles.log.LogConfig;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.WriterIdentity;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.ResourceConfig;
import io.tharsis.logfiles.volume.ResourceStatus;
import io.tharsis.logfiles.volume.VolumeConfig;
import io.tharsis.server.ring.AppendMethod;
import io.tharsis.server.ring.RingDisk;
import io.tharsis.server.scsi.TargetDevice;
import io.tharsis.server.scsi.TaskLimits;
import io.tharsis.server.scsi.VolumeTargetDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One resource while it is served: its threads, files and log, and the SCSI device in front of
 * them. Made and closed at the rim by the node; everything in it lives on one loop.
 */
final class NodeResource {

  private static final int READERS = 4;

  /** More than one, so that the disk's write-back does not hold up the log. */
  private static final int WRITERS = 4;

  /**
   * What all resources of a node are opened with.
   *
   * @param config what the node is to do
   * @param writer the node, as their logs know it
   * @param append how their logs become durable
   * @param allocator where buffers for initiators come from
   */
  record Surroundings(
      NodeConfig config, WriterIdentity writer, AppendMethod append, ByteBufAllocator allocator) {}

  private final ResourceSpec spec;
  private final NodeLoop loop;
  private final IoThreads threads;
  private final AppendStore store;
  private final LoggedResource resource;

  private NodeResource(
      ResourceSpec spec,
      NodeLoop loop,
      IoThreads threads,
      AppendStore store,
      LoggedResource resource) {
    this.spec = spec;
    this.loop = loop;
    this.threads = threads;
    this.store = store;
    this.resource = resource;
  }

  /** Opens it; blocks until it can be used. What was opened is closed again if it fails. */
  static NodeResource open(ResourceSpec spec, NodeLoop shared, Surroundings around)
      throws IOException {
    BugGuard guard = new BugGuard(spec.name());
    NodeLoop loop = shared.guardedBy(guard);
    Path directory = spec.directory(around.config.data());
    new DiskFile(spec, directory).prepare();
    IoThreads threads = new IoThreads(spec.name(), READERS, WRITERS);
    try {
      AppendStore store =
          loop.await(() -> AppendStore.open(directory, loop, threads, appendFor(spec, around)));
      try {
        LoggedResource resource =
            loop.await(() ->
                HostDisk.open(spec.disk(), loop.owner(), threads, HostDisk.Options.BUFFERED)
                    .then(disk -> onRing(loop, disk))
                    .then(disk -> openLog(spec, loop, around, store, disk))
                    .map(guard::guarding));
        return new NodeResource(spec, loop, threads, store, resource);
      } catch (IOException | RuntimeException | Error failure) {
        loop.await(store.directory()::close);
        throw failure;
      }
    } catch (IOException | RuntimeException | Error failure) {
      threads.close();
      throw failure;
    }
  }

  /**
   * A log that announces a write cache is written through the host's page cache, which the ring's
   * direct writes go past: GOOD would wait for the device.
   */
  private static AppendMethod appendFor(ResourceSpec spec, Surroundings around) {
    return switch (spec.writeCache()) {
      case DURABLE -> around.append;
      case FLUSH -> AppendMethod.THREAD;
    };
  }

  /** Reads that miss the page cache need no thread on a ring; writes stay with the threads. */
  private static Async<Disk> onRing(NodeLoop loop, Disk disk) {
    return loop.hasRing()
        ? RingDisk.open((HostDisk) disk, loop.loop(), loop.owner(), RingDisk.Writes.DELEGATED)
            .orElse(cause -> disk.close().then(closed -> Async.failed(cause)))
        : Async.of(disk);
  }

  private static Async<LoggedResource> openLog(
      ResourceSpec spec, NodeLoop loop, Surroundings around, AppendStore store, Disk disk) {
    LogConfig log = new LogConfig(around.config.limits(), around.writer, false);
    List<VolumeConfig> volumes = List.of(new VolumeConfig(disk, spec.writeCache()));
    return LoggedResource.open(
            new ResourceConfig(spec.name(), volumes, log),
            new Seams(loop.owner(), loop.clock(), new HostEntropy(), store.store()))
        .orElse(cause -> disk.close().then(closed -> Async.failed(cause)));
  }

  ResourceSpec spec() {
    return spec;
  }

  NodeLoop loop() {
    return loop;
  }

  /** The SCSI device whose logical unit 0 is the volume; made on the loop. */
  TargetDevice newDevice(ByteBufAllocator allocator) throws IOException {
    return loop.await(() ->
        Async.of(
            new VolumeTargetDevice(
                loop.owner(), allocator, List.of(resource.volume(0)), TaskLimits.DEFAULT)));
  }

  /** How it is doing; may be called from any thread. */
  CompletableFuture<ResourceStatus> status() {
    return loop.start(() -> Async.of(resource.status()));
  }

  /** Finishes, checkpoints and closes everything; blocks. */
  void close() throws IOException {
    try {
      loop.await(resource::close);
      loop.await(store.directory()::close);
    } finally {
      threads.close();
    }
  }
}
