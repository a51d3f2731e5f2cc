package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.contract.StoreContract;
import io.tharsis.logfiles.contract.World;

/** The simulator keeps the contract. */
class SimStoreTest extends StoreContract {

  @Override
  protected World newWorld() {
    return new SimWorld(1);
  }
}
