package io.tharsis.replication.node;

import io.tharsis.logfiles.log.WriterIdentity;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.replication.directory.Directory;
import io.tharsis.replication.link.Allowance;
import io.tharsis.replication.link.Bandwidth;
import io.tharsis.replication.link.SharedBandwidth;

/**
 * What everything in a node shares. Lives on the node's owner.
 *
 * @param setting how the node is to be
 * @param seams to the world
 * @param directory what is known of the cluster
 * @param deeds what this node is a member of
 * @param peers the other nodes
 * @param bandwidth what may be sent to them, all together
 */
record Surroundings(
    NodeSetting setting,
    NodeSeams seams,
    Directory directory,
    Deeds deeds,
    Peers peers,
    Bandwidth bandwidth) {

  /** Leave to send bulk, for a replica. */
  Allowance allowance(Owner owner) {
    return setting.bandwidth().windows().isEmpty()
        ? Allowance.UNLIMITED
        : new SharedBandwidth(bandwidth, seams.home().owner(), owner);
  }

  WriterIdentity writer() {
    return new WriterIdentity(setting.self().node(), setting.name(), setting.self().incarnation());
  }

  long nanos() {
    return seams.home().clock().monotonicNanos();
  }
}
