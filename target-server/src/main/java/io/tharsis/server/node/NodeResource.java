package io.tharsis.server.node;

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

  /**
   * What all resources of a node are opened with.
   *
   * @param config what the node is to do
   * @param writer the node, as their logs know it
   * @param append how their logs become durable
   */
  record Surroundings(NodeConfig config, WriterIdentity writer, AppendMethod append) {}

  private final ResourceSite site;
  private final LoggedResource resource;
  private final Optional<String> acceptedLoss;

  /** An open resource, and what of its log was given up for it. */
  private record Opened(LoggedResource resource, Optional<String> acceptedLoss) {}

  private NodeResource(ResourceSite site, Opened opened) {
    this.site = site;
    this.resource = opened.resource();
    this.acceptedLoss = opened.acceptedLoss();
  }

  /** Opens it; blocks until it can be used. What was opened is closed again if it fails. */
  static NodeResource open(ResourceSpec spec, NodeLoop shared, Surroundings around)
      throws IOException {
    Path data = around.config.data();
    spec.diskFile(data).prepare();
    ResourceSite site = new ResourceSite(spec.name(), spec.directory(data), shared, around.append);
    NodeLoop loop = site.loop();
    try {
      Opened opened =
          loop.await(() ->
              site.open(spec.writeCache())
                  .then(seams ->
                      site.disk(spec.disk()).then(disk -> openLog(spec, around, seams, disk)))
                  .map(open -> {
                    site.guarding(open.resource());
                    return open;
                  }));
      return new NodeResource(site, opened);
    } catch (IOException | RuntimeException | Error failure) {
      closing(site);
      throw failure;
    }
  }

  private static void closing(ResourceSite site) throws IOException {
    try {
      site.loop().await(site::vacate);
    } finally {
      site.close();
    }
  }

  private static Async<Opened> openLog(
      ResourceSpec spec, Surroundings around, Seams seams, Disk disk) {
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

  /** Lets initiators reach it; blocks. */
  void export(Exports exports, int sharers) throws IOException {
    Export _ =
        site.loop()
            .await(() -> {
              exports.show(resource, site.loop());
              return Async.of(exports.add(resource, site.loop(), sharers));
            });
  }

  /** How it is doing; may be called from any thread. */
  CompletableFuture<ResourceStatus> status() {
    return site.loop().start(() -> Async.of(resource.status()));
  }

  /** Finishes, checkpoints and closes everything; blocks. */
  void close() throws IOException {
    try {
      site.loop().await(resource::close);
    } finally {
      closing(site);
    }
  }
}
