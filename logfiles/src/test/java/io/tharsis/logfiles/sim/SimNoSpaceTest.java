package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.contract.NoSpaceContract;
import io.tharsis.logfiles.contract.SimWorld;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The simulated file system runs out of space as a real one does. */
class SimNoSpaceTest {

  @Test
  void aFullFileSystem() throws IOException {
    try (SimWorld world = new SimWorld(1)) {
      world.host().space().limit(NoSpaceContract.SPACE_BYTES);
      new NoSpaceContract(world).check();
    }
  }
}
