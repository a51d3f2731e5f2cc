package io.tharsis.replication.member;

import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.wire.Hello;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Function;

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

  /** How the primary decides about links. */
  default Function<Hello.Purpose, Acceptance> door(Function<Hello.Purpose, Acceptance> door) {
    return door;
  }

  /** Whether what it breaks is what GOOD promises. */
  default boolean isAboutPromises() {
    return false;
  }

  /** Something that the primary does again and again. */
  default void meddle(PrimaryReplica primary, Collection<UUID> silent) {}
}
