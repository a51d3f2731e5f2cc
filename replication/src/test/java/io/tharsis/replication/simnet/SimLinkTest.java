package io.tharsis.replication.simnet;

import io.tharsis.replication.link.LinkContract;
import io.tharsis.replication.link.LinkWorld;

/** Links over the simulated network keep the contract. */
class SimLinkTest extends LinkContract {

  @Override
  protected LinkWorld newWorld() {
    return new SimLinkWorld(Long.getLong("tharsis.seed", 1));
  }
}
