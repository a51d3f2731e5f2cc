package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.log.FailingStore;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** An opening of a member that fails holds nothing: the same process can try it again. */
final class FollowingOpeningTest {

  private static final long DISK_BYTES = 1 << 20;
  private static final LogStart START = new LogStart(new UUID(7, 7), 8192);

  private SimWorld world = new SimWorld(41);

  /** How a member is opened. */
  @FunctionalInterface
  private interface Opening {
    Async<FollowingResource> open(ResourceConfig config, Seams seams);
  }

  /** What was there before. */
  @FunctionalInterface
  private interface IoRunnable {
    void run() throws IOException;
  }

  private static Async<FollowingResource> join(ResourceConfig config, Seams seams) {
    return FollowingResource.join(config, START, seams, ResourceListener.NONE);
  }

  private static Async<FollowingResource> rejoin(ResourceConfig config, Seams seams) {
    return FollowingResource.rejoin(config, START, Optional.empty(), seams, ResourceListener.NONE);
  }

  private FollowingResource open(Opening opening, Store store) throws IOException {
    Disk disk = world.await(() -> world.openSparse("disk", DISK_BYTES));
    ResourceConfig config =
        new ResourceConfig(
            "r",
            List.of(new VolumeConfig(disk, WriteCache.DURABLE)),
            TestLog.config(TestLog.LIMITS, false));
    Seams seams = TestLog.seams(world, store, 1);
    return world.await(() ->
        opening
            .open(config, seams)
            .orElse(cause -> disk.close().then(done -> Async.failed(cause))));
  }

  private void openAndClose(Opening opening) throws IOException {
    FollowingResource resource = open(opening, world.await(world::openStore));
    world.await(resource::close);
  }

  /** Fails at every operation, and opens it without a failure after each. */
  private List<String> failAtEveryOperation(IoRunnable before, Opening opening) throws IOException {
    List<String> failed = new ArrayList<>();
    boolean opened = false;
    for (int at = 1; !opened; at++) {
      world = new SimWorld(41);
      before.run();
      FailingStore store = new FailingStore(world.await(world::openStore), at);
      try {
        FollowingResource resource = open(opening, store);
        opened = store.failed().isEmpty();
        world.await(resource::close);
      } catch (IOException expected) {
        assertThat(expected).hasMessage("it fails");
      }
      assertThat(store.open()).as("open after the failure of %s", store.failed()).isEmpty();
      failed.addAll(store.failed());
      openAndClose(opening);
    }
    return failed;
  }

  @Test
  void noFailureOfJoiningLeavesAFileOpen() throws IOException {
    assertThat(failAtEveryOperation(() -> {}, FollowingOpeningTest::join))
        .contains("create dirty", "write dirty", "write checkpoint", "open dirty");
  }

  @Test
  void noFailureOfOpeningLeavesAFileOpen() throws IOException {
    assertThat(
            failAtEveryOperation(
                () -> openAndClose(FollowingOpeningTest::join), FollowingOpeningTest::join))
        .contains("open dirty", "read dirty", "write dirty");
  }

  @Test
  void noFailureOfRejoiningLeavesAFileOpen() throws IOException {
    assertThat(
            failAtEveryOperation(
                () -> openAndClose(FollowingOpeningTest::join), FollowingOpeningTest::rejoin))
        .contains("delete checkpoint", "delete dirty", "create dirty", "write dirty");
  }
}
