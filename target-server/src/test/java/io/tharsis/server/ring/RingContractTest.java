package io.tharsis.server.ring;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.uring.IoUring;
import io.tharsis.logfiles.contract.DiskContract;
import io.tharsis.logfiles.contract.StoreContract;
import io.tharsis.logfiles.contract.World;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** Disks and directories on the ring keep the contracts, whoever makes the writes. */
class RingContractTest {

  @TempDir private Path directory;

  @BeforeAll
  static void needsRing() {
    assumeTrue(IoUring.isAvailable(), "no io_uring here");
  }

  @Nested
  class DirectDisk extends DiskContract {
    @Override
    protected World newWorld() {
      return new RingWorld(directory, RingDisk.Writes.DIRECT);
    }
  }

  @Nested
  class DelegatingDisk extends DiskContract {
    @Override
    protected World newWorld() {
      return new RingWorld(directory, RingDisk.Writes.DELEGATED);
    }
  }

  @Nested
  class DirectStore extends StoreContract {
    @Override
    protected World newWorld() {
      return new RingWorld(directory, RingDisk.Writes.DIRECT);
    }
  }
}
