package io.tharsis.replication.member;

import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.SimHost;
import java.util.Collection;
import java.util.UUID;

/** Where a test can come between a replica and its world, to plant a bug. */
interface Planting {

  /** Nothing is planted. */
  Planting NONE = new Planting() {};

  /** The disk of the volume as the replica gets it. */
  default Disk disk(SimHost host, Disk disk) {
    return disk;
  }

  /** The directory as the replica gets it. */
  default Store store(SimHost host, Store store) {
    return store;
  }

  /** Something that the primary does again and again. */
  default void meddle(PrimaryReplica primary, Collection<UUID> silent) {}
}
