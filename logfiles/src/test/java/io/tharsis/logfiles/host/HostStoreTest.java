package io.tharsis.logfiles.host;

import io.tharsis.logfiles.contract.HostWorld;
import io.tharsis.logfiles.contract.StoreContract;
import io.tharsis.logfiles.contract.World;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** This host keeps the contract. */
class HostStoreTest extends StoreContract {

  @TempDir private Path directory;

  @Override
  protected World newWorld() {
    return new HostWorld(directory, HostDisk.Options.BUFFERED);
  }
}
