package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.scenario.WrappedStore;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.ForwardingDisk;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A resource that could not be opened can be opened by the same process when it is mended. */
final class FailedOpeningTest {

  private static final long SIZE = 16 << 20;

  private final SimWorld world = new SimWorld(37);

  private LoggedResource open(Disk disk, Store store) throws IOException {
    ResourceConfig config =
        new ResourceConfig(
            "one",
            List.of(new VolumeConfig(disk, WriteCache.DURABLE)),
            TestLog.config(TestLog.LIMITS, false));
    return world.await(() -> LoggedResource.open(config, TestLog.seams(world, store, 1)));
  }

  private Disk disk(String name) throws IOException {
    return world.await(() -> world.openSparse(name, SIZE));
  }

  private void create() throws IOException {
    LoggedResource made = open(disk("right"), world.await(world::openStore));
    world.await(made::close);
  }

  @Test
  void aForeignDiskIsRefusedAndTheRightOneTaken() throws IOException {
    create();
    Store store = world.await(world::openStore);
    Disk wrong = disk("wrong");
    assertThatIOException()
        .isThrownBy(() -> open(wrong, store))
        .withMessageContaining("FOREIGN_DISK");
    world.await(wrong::close);
    assertThat(open(disk("right"), store).status().state())
        .isInstanceOf(ResourceState.Serving.class);
  }

  /** The first checkpoint write makes the old one durable, the second one names the new epoch. */
  @Test
  void anEpochThatCannotBeAnnouncedIsWithdrawn() throws IOException {
    create();
    Store store = world.await(world::openStore);
    Disk disk = disk("right");
    assertThatIOException()
        .isThrownBy(() -> open(disk, secondCheckpointFails(store)))
        .withMessage("it fails");
    assertThat(open(disk, store).status().state()).isInstanceOf(ResourceState.Serving.class);
  }

  private static Store secondCheckpointFails(Store store) {
    AtomicInteger writes = new AtomicInteger();
    return new WrappedStore(
        store,
        "checkpoint"::equals,
        behind ->
            new ForwardingDisk(behind) {
              @Override
              public void write(List<Extent> extents, Durability durability, Completion done) {
                if (writes.incrementAndGet() == 2) {
                  done.failed(new IOException("it fails"));
                } else {
                  super.write(extents, durability, done);
                }
              }
            });
  }
}
