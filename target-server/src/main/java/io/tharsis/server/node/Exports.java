package io.tharsis.server.node;

import io.netty.buffer.ByteBufAllocator;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.ResourceStatus;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.server.iscsi.IscsiLimits;
import io.tharsis.server.iscsi.IscsiTarget;
import io.tharsis.server.metrics.NodeMetrics;
import io.tharsis.server.scsi.TargetDevice;
import io.tharsis.server.scsi.TargetPort;
import io.tharsis.server.scsi.TaskLimits;
import io.tharsis.server.scsi.VolumeTargetDevice;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Resources that initiators can reach: for each a target whose logical units are its volumes, and
 * its meters. An export does not care where its volumes are, and lives through changes of that; the
 * log of a resource is shown apart, by the node that has it open. Belongs to the node; each
 * resource is added and removed on its own loop.
 */
public final class Exports {

  private final NodeMetrics metrics;
  private final NodeTargets targets;
  private final IscsiLimits limits;

  Exports(NodeMetrics metrics, NodeTargets targets, IscsiLimits limits) {
    this.metrics = metrics;
    this.targets = targets;
    this.limits = limits;
  }

  /**
   * Lets initiators reach something.
   *
   * @param loop on which its volumes live, and the caller is
   * @param sharers how many resources there are, which share the memory for transfers
   */
  public Export add(Offer offer, NodeLoop loop, int sharers) {
    String name = ResourceSpec.targetNameOf(offer.resource());
    VolumeTargetDevice units =
        new VolumeTargetDevice(
            loop.owner(),
            ByteBufAllocator.DEFAULT,
            offer.volumes(),
            new TargetPort(name, offer.groups(), offer.control()),
            TaskLimits.DEFAULT);
    TargetDevice metered = metrics.count(offer.resource(), units);
    IscsiTarget target =
        new IscsiTarget(name, metered, offer.groups().own(), loop.loop(), limits.sharedBy(sharers));
    targets.add(target);
    return new Export(target, units);
  }

  /** Lets initiators reach an open resource, as long as it is open; its log is not shown yet. */
  public Export add(LoggedResource resource, NodeLoop loop, int sharers) {
    List<Volume> volumes =
        IntStream.range(0, resource.volumeCount()).mapToObj(resource::volume).toList();
    Export export = add(Offer.alone(resource.name(), volumes), loop, sharers);
    resource.whenResized(export.device()::changed);
    return export;
  }

  /** Shows how the log of an open resource does, until {@link #conceal}. */
  public void show(LoggedResource resource, NodeLoop loop) {
    metrics.show(resource.name(), () -> status(resource, loop));
  }

  private static CompletableFuture<ResourceStatus> status(LoggedResource resource, NodeLoop loop) {
    return loop.start(() -> Async.of(resource.status()));
  }

  /** Shows a log no more: it is not open here any more, or is not written here. Idempotent. */
  public void conceal(String resource) {
    metrics.conceal(resource);
  }

  /**
   * Takes a resource back. What initiators have begun is finished, within {@link
   * NodeGround#FINISH_LIMIT}.
   *
   * @param export from {@link #add}
   * @return succeeds when no command can have an effect any more
   */
  public Async<Void> remove(String resource, Export export) {
    targets.remove(export.target().name());
    Async<Void> gone = new Async<>();
    export.target().close(NodeGround.FINISH_LIMIT, () -> gone.succeed(null));
    return gone.map(done -> {
      metrics.discount(resource);
      return null;
    });
  }
}
