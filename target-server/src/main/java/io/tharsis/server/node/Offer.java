package io.tharsis.server.node;

import io.tharsis.logfiles.volume.Volume;
import io.tharsis.server.scsi.AccessControl;
import io.tharsis.server.scsi.PortGroups;
import java.util.List;

/**
 * What initiators are to reach.
 *
 * @param resource its name, which the target is named after
 * @param volumes the logical units; each has a size
 * @param groups the nodes that initiators reach it through
 * @param control who moves roles when an initiator asks
 */
public record Offer(
    String resource, List<Volume> volumes, PortGroups groups, AccessControl control) {

  public Offer {
    volumes = List.copyOf(volumes);
  }

  /** What only this node serves. */
  public static Offer alone(String resource, List<Volume> volumes) {
    return new Offer(resource, volumes, PortGroups.alone(), AccessControl.IMPLICIT);
  }
}
