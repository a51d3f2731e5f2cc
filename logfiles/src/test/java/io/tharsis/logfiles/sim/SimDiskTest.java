package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.contract.DiskContract;
import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.contract.World;

/** The simulator keeps the contract. */
class SimDiskTest extends DiskContract {

  @Override
  protected World newWorld() {
    return new SimWorld(1);
  }
}
