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
 * its meters. Belongs to the node; each resource is added and removed on its own loop.
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
   * Lets initiators reach a resource.
   *
   * @param resource open
   * @param loop on which it lives, and the caller is
   * @param sharers how many resources there are, which share the memory for transfers
   */
  public IscsiTarget add(LoggedResource resource, NodeLoop loop, int sharers) {
    List<Volume> volumes =
        IntStream.range(0, resource.volumeCount()).mapToObj(resource::volume).toList();
    TargetPort port = TargetPort.alone(ResourceSpec.targetNameOf(resource.name()));
    VolumeTargetDevice units =
        new VolumeTargetDevice(
            loop.owner(), ByteBufAllocator.DEFAULT, volumes, port, TaskLimits.DEFAULT);
    resource.whenResized(units::changed);
    TargetDevice device = metrics.add(resource.name(), units, () -> status(resource, loop));
    IscsiTarget target =
        new IscsiTarget(
            port.targetName(), device, port.groups().own(), loop.loop(), limits.sharedBy(sharers));
    targets.add(target);
    return target;
  }

  private static CompletableFuture<ResourceStatus> status(LoggedResource resource, NodeLoop loop) {
    return loop.start(() -> Async.of(resource.status()));
  }

  /**
   * Takes a resource back. What initiators have begun is finished, within {@link
   * NodeGround#FINISH_LIMIT}.
   *
   * @param target from {@link #add}
   * @return succeeds when no command can have an effect any more
   */
  public Async<Void> remove(String resource, IscsiTarget target) {
    targets.remove(target.name());
    Async<Void> gone = new Async<>();
    target.close(NodeGround.FINISH_LIMIT, () -> gone.succeed(null));
    return gone.map(done -> {
      metrics.remove(resource);
      return null;
    });
  }
}
