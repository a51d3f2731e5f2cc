package io.tharsis.logfiles.host;

import io.tharsis.logfiles.contract.DiskContract;
import io.tharsis.logfiles.contract.HostWorld;
import io.tharsis.logfiles.contract.World;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Direct durable writes keep the contract. */
class HostDirectDiskTest extends DiskContract {

  @TempDir private Path directory;

  @Override
  protected World newWorld() {
    return new HostWorld(directory, HostDisk.Options.DIRECT);
  }
}
