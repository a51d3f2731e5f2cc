package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.replication.link.Links;

/** Where a test can come between a node and its world, to plant a bug. */
interface NodePlanting {

  /** Nothing is planted. */
  NodePlanting NONE = new NodePlanting() {};

  /** The disk of a volume as the node gets it. */
  default Disk disk(SimHost host, Disk disk) {
    return disk;
  }

  /** A directory as the node gets it. */
  default Store store(SimHost host, String directory, Store store) {
    return store;
  }

  /** The links as the node gets them. */
  default Links links(SimHost host, Links links) {
    return links;
  }

  /** Something that a node does again and again. */
  default void meddle(SimClusterNode node) {}
}
