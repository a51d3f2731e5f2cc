package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.contract.OwnerClockContract;
import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.contract.World;

/** The simulator keeps the contract. */
class SimOwnerClockTest extends OwnerClockContract {

  @Override
  protected World newWorld() {
    return new SimWorld(1);
  }
}
