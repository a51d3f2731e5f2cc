package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.seam.Store;

/** Where a test can come between a resource and its world, to plant a bug. */
interface Wrapping {

  /** Nothing is planted. */
  Wrapping NONE = new Wrapping() {};

  /** The disk of a volume as the resource gets it. */
  default Disk disk(Owner owner, Disk disk) {
    return disk;
  }

  /** The directory as the resource gets it. */
  default Store store(Owner owner, Store store) {
    return store;
  }
}
