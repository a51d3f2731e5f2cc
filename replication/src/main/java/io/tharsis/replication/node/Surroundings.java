package io.tharsis.replication.node;

import io.tharsis.logfiles.log.WriterIdentity;
import io.tharsis.replication.directory.Directory;

/**
 * What everything in a node shares. Lives on the node's owner.
 *
 * @param setting how the node is to be
 * @param seams to the world
 * @param directory what is known of the cluster
 * @param deeds what this node is a member of
 * @param peers the other nodes
 */
record Surroundings(
    NodeSetting setting, NodeSeams seams, Directory directory, Deeds deeds, Peers peers) {

  WriterIdentity writer() {
    return new WriterIdentity(setting.self().node(), setting.name(), setting.self().incarnation());
  }

  long nanos() {
    return seams.home().clock().monotonicNanos();
  }
}
