package io.tharsis.server.node;

import io.netty.buffer.ByteBufAllocator;
import io.tharsis.logfiles.host.HostDisk;
import io.tharsis.logfiles.host.HostEntropy;
import io.tharsis.logfiles.host.IoThreads;
import io.tharsis.logfiles.log.LogConfig;
import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.WriterIdentity;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.ResourceConfig;
import io.tharsis.logfiles.volume.ResourceStatus;
import io.tharsis.logfiles.volume.VolumeConfig;
import io.tharsis.replication.control.Refusal;
import io.tharsis.server.ring.AppendMethod;
import io.tharsis.server.ring.RingDisk;
import io.tharsis.server.scsi.TargetDevice;
import io.tharsis.server.scsi.TaskLimits;
import io.tharsis.server.scsi.VolumeTargetDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
  private final Optional<String> acceptedLoss;

  /** An open resource, and what of its log was given up for it. */
  private record Opened(LoggedResource resource, Optional<String> acceptedLoss) {}

  private NodeResource(
      ResourceSpec spec, NodeLoop loop, IoThreads threads, AppendStore store, Opened opened) {
    this.spec = spec;
    this.loop = loop;
    this.threads = threads;
    this.store = store;
    this.resource = opened.resource();
    this.acceptedLoss = opened.acceptedLoss();
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
        Opened opened =
            loop.await(() ->
                HostDisk.open(spec.disk(), loop.owner(), threads, HostDisk.Options.BUFFERED)
                    .then(disk -> onRing(loop, disk))
                    .then(disk -> openLog(spec, loop, around, store, disk))
                    .map(open -> {
                      guard.guarding(open.resource());
                      return open;
                    }));
        return new NodeResource(spec, loop, threads, store, opened);
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

  private static Async<Opened> openLog(
      ResourceSpec spec, NodeLoop loop, Surroundings around, AppendStore store, Disk disk) {
    Seams seams = new Seams(loop.owner(), loop.clock(), new HostEntropy(), store.store());
    return LoggedResource.open(config(spec, around, disk, false), seams)
        .map(whole -> new Opened(whole, Optional.empty()))
        .orElse(cause -> {
          if (!(cause instanceof LogDamage damage) || damage.code() != LogDamage.Code.LOG_DAMAGED) {
            return Async.failed(cause);
          }
          return around.config.acceptLoss().contains(spec.name())
              ? LoggedResource.open(config(spec, around, disk, true), seams)
                  .map(cut -> new Opened(cut, Optional.of(loss(damage, cut))))
              : Async.failed(refusal(spec, around, damage));
        })
        .orElse(cause -> disk.close().then(closed -> Async.failed(cause)));
  }

  private static ResourceConfig config(
      ResourceSpec spec, Surroundings around, Disk disk, boolean acceptLoss) {
    return new ResourceConfig(
        spec.name(),
        List.of(new VolumeConfig(disk, spec.writeCache())),
        new LogConfig(around.config.limits(), around.writer, acceptLoss));
  }

  private static String loss(LogDamage damage, LoggedResource cut) {
    ResourceStatus status = cut.status();
    long end = status.watermarks().appended() - status.traffic().appendedBytes();
    return "%s. It was cut off and is gone; the log goes on from LSN %d"
        .formatted(damage.getMessage(), end);
  }

  private static IOException refusal(ResourceSpec spec, Surroundings around, LogDamage damage) {
    return Refusal.forbidden(
            "log-damaged",
            damage.getMessage(),
            "tharsis log verify "
                + spec.directory(around.config.data())
                + "; to go on without what is damaged, if it is the end of the log: --accept-loss "
                + spec.name())
        .thrown();
  }

  /** What of the log was given up to open it. */
  Optional<String> acceptedLoss() {
    return acceptedLoss;
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
