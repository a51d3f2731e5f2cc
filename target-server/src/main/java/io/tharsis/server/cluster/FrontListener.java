package io.tharsis.server.cluster;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.remote.AccessState;
import io.tharsis.replication.remote.Front;
import io.tharsis.server.scsi.PortGroups;
import io.tharsis.server.scsi.VolumeTargetDevice;

/**
 * Tells a target device what its front says of this node, and the cluster of all nodes. Lives on
 * the resource's owner, as both of them do.
 */
final class FrontListener implements Front.Listener {

  private final VolumeTargetDevice device;
  private PortGroups groups;

  /** A device that was told {@code groups}. */
  FrontListener(VolumeTargetDevice device, PortGroups groups) {
    this.device = device;
    this.groups = groups;
  }

  /** The groups, with what a front knows best: how its own node does. */
  static PortGroups seenBy(Front front, PortGroups groups) {
    return groups.with(groups.own(), stateOf(front.state()));
  }

  /** What the cluster says now; of the own group only its preference counts. */
  void groups(PortGroups now) {
    groups = now.with(now.own(), groups.state());
    device.portGroups(groups);
  }

  @Override
  public void accessChanged(AccessState state) {
    groups = groups.with(groups.own(), stateOf(state));
    device.portGroups(groups);
  }

  @Override
  public void resized(int volume) {
    device.changed(volume);
  }

  @Override
  public void restarted() {
    device.restarted();
  }

  @Override
  public Async<Void> reset(int volume) {
    Async<Void> done = new Async<>();
    device.resetElsewhere(volume, () -> done.succeed(null));
    return done;
  }

  private static io.tharsis.server.scsi.AccessState stateOf(AccessState state) {
    return switch (state) {
      case OPTIMIZED -> io.tharsis.server.scsi.AccessState.OPTIMIZED;
      case NON_OPTIMIZED -> io.tharsis.server.scsi.AccessState.NON_OPTIMIZED;
      case TRANSITIONING -> io.tharsis.server.scsi.AccessState.TRANSITIONING;
      case UNAVAILABLE -> io.tharsis.server.scsi.AccessState.UNAVAILABLE;
    };
  }
}
