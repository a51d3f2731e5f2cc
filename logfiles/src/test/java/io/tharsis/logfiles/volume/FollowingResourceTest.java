package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.format.DirtyRegions;
import io.tharsis.logfiles.format.DirtyRegions.Stamp;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.DirtyFile;
import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.CrashMode;
import io.tharsis.logfiles.sim.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FollowingResourceTest {

  private static final long REGION = RegionSet.REGION_BYTES;

  /** Three regions and a bit. */
  private static final long DISK_BYTES = 3 * REGION + 4096;

  private static final LogStart START = new LogStart(new UUID(7, 7), 8192);
  private static final UUID EPOCH = new UUID(8, 8);

  private final SimWorld world = new SimWorld(5);

  private ResourceConfig config(Disk disk) {
    return new ResourceConfig(
        "r",
        List.of(new VolumeConfig(disk, WriteCache.DURABLE)),
        TestLog.config(TestLog.LIMITS, false));
  }

  private Disk disk() throws IOException {
    return world.await(() -> world.openSparse("disk", DISK_BYTES));
  }

  private Seams seams() throws IOException {
    return TestLog.seams(world, world.await(world::openStore), 1);
  }

  private FollowingResource join() throws IOException {
    ResourceConfig config = config(disk());
    Seams seams = seams();
    return world.await(() -> FollowingResource.join(config, START, seams, ResourceListener.NONE));
  }

  private FollowingResource reopen() throws IOException {
    ResourceConfig config = config(disk());
    Seams seams = seams();
    return world.await(() -> FollowingResource.open(config, seams, ResourceListener.NONE));
  }

  private void powerFail() {
    world.host().disk("disk", DISK_BYTES).crashMode(CrashMode.NOTHING);
    var directory = world.host().directory("store");
    directory.files().forEach(file -> directory.medium(file).crashMode(CrashMode.NOTHING));
    world.host().powerFail();
  }

  private static ByteBuffer content(Range range) {
    ByteBuffer content = ByteBuffer.allocateDirect((int) range.lengthBytes());
    for (int i = 0; i < content.capacity(); i++) {
      content.put(i, (byte) (i + 1));
    }
    return content;
  }

  /** Syncs a range from a source whose log ended at {@code lsn}. */
  private void sync(FollowingResource resource, Range range, long lsn) throws IOException {
    Hold hold = world.await(() -> resource.hold(0, range));
    try {
      world.await(() -> resource.put(hold, content(range), new Stamp(lsn, EPOCH)));
    } finally {
      hold.release();
    }
  }

  private void syncAll(FollowingResource resource, long lsn) throws IOException {
    for (Optional<Range> next = resource.dirty().next(0, 0, REGION);
        next.isPresent();
        next = resource.dirty().next(0, 0, REGION)) {
      sync(resource, next.get(), lsn);
    }
    world.simulation().runFor(Duration.ofSeconds(3));
  }

  private void refuses(FollowingResource resource, Hold hold, long lsn, String why) {
    assertThatThrownBy(() ->
            world.await(() -> resource.put(hold, content(hold.range()), new Stamp(lsn, EPOCH))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(why);
  }

  @Test
  void whoJoinsIsDirtyAllOverAndSoNotConsistent() throws IOException {
    FollowingResource resource = join();
    assertThat(resource.id()).isEqualTo(START.resourceId());
    assertThat(resource.isConsistent()).isFalse();
    assertThat(resource.dirty().dirtyBytes()).isEqualTo(DISK_BYTES);
    assertThat(resource.dirty().next(0, REGION + 5, REGION))
        .contains(new Range(REGION, 2 * REGION));
    assertThat(resource.dirty().next(0, 3 * REGION, REGION))
        .contains(new Range(3 * REGION, DISK_BYTES));
  }

  @Test
  void whatWasSyncedIsCleanAfterAPowerCutOnceItIsWrittenDown() throws IOException {
    FollowingResource resource = join();
    sync(resource, new Range(0, REGION), 8192);
    assertThat(resource.dirty().dirtyBytes()).isEqualTo(DISK_BYTES - REGION);
    powerFail();

    FollowingResource again = reopen();
    assertThat(again.dirty().dirtyBytes()).isEqualTo(DISK_BYTES);
    sync(again, new Range(0, REGION), 8192);
    world.simulation().runFor(Duration.ofSeconds(3));
    powerFail();

    FollowingResource third = reopen();
    assertThat(third.dirty().dirtyBytes()).isEqualTo(DISK_BYTES - REGION);
    syncAll(third, 8192);
    assertThat(third.isConsistent()).isTrue();
    powerFail();
    assertThat(reopen().isConsistent()).isTrue();
  }

  @Test
  void aNewerContentMakesItWaitForTheLog() throws IOException {
    FollowingResource resource = join();
    syncAll(resource, 12288);
    assertThat(resource.dirty().isDurablyEmpty()).isTrue();
    assertThat(resource.isConsistent()).isFalse();
    assertThat(resource.status().sync().newestLsn()).isEqualTo(12288);
    powerFail();
    assertThat(reopen().isConsistent()).isFalse();
  }

  @Test
  void aContentThatMustNotBeThereIsRefused() throws IOException {
    FollowingResource resource = join();
    Range range = new Range(0, REGION);
    Hold hold = world.await(() -> resource.hold(0, range));
    assertThat(hold.checkpointLsn()).isEqualTo(START.baseLsn());
    refuses(resource, hold, 4096, "where the disk is at 8192");
    hold.release();
    refuses(resource, hold, 8192, "released");
    sync(resource, range, 8192);
    Hold clean = world.await(() -> resource.hold(0, range));
    refuses(resource, clean, 8192, "not all of the range is dirty");
    clean.release();
  }

  @Test
  void twoContentsForOnePlaceDoNotMix() throws IOException {
    FollowingResource resource = join();
    Range range = new Range(0, REGION);
    Hold hold = world.await(() -> resource.hold(0, range));
    Async<Void> second =
        world.await(() -> {
          resource
              .put(hold, content(range), new Stamp(8192, EPOCH))
              .observe(done -> {}, cause -> {});
          return Async.of(resource.put(hold, content(range), new Stamp(8192, EPOCH)));
        });
    assertThat(second.failure().orElseThrow()).hasMessageContaining("another content");
    world.simulation().runFor(Duration.ofSeconds(1));
    hold.release();
  }

  @Test
  void afterASyncThatFailedWhatWasNotWrittenDownIsDirtyAgain() throws IOException {
    FollowingResource resource = join();
    sync(resource, new Range(0, REGION), 8192);
    world.host().disk("disk", DISK_BYTES).faults().next(Fault.SYNC_ERROR);
    world.simulation().runFor(Duration.ofMillis(1500));
    assertThat(resource.status().sync().problems()).isNotEmpty();
    world.simulation().runFor(Duration.ofSeconds(3));
    assertThat(resource.dirty().dirtyBytes()).isEqualTo(DISK_BYTES);
    assertThat(resource.status().sync().problems()).isEmpty();
  }

  @Test
  void itIsNotServedBeforeItWasSynced() throws IOException {
    join();
    powerFail();
    ResourceConfig config = config(disk());
    Seams seams = seams();
    assertThatThrownBy(() -> world.await(() -> LoggedResource.open(config, seams)))
        .isInstanceOfSatisfying(
            LogDamage.class,
            damage -> assertThat(damage.code()).isEqualTo(LogDamage.Code.INCONSISTENT));
  }

  @Test
  void ofADamagedFileEverythingIsDirtyAndItSaysWhy() throws IOException {
    FollowingResource resource = join();
    syncAll(resource, 8192);
    powerFail();
    overwrite(0);
    overwrite(DirtyRegions.SLOT_BYTES);

    FollowingResource again = reopen();
    assertThat(again.isConsistent()).isFalse();
    assertThat(again.dirty().dirtyBytes()).isEqualTo(DISK_BYTES);
    assertThat(again.dirty().doubt().orElseThrow()).contains("corrupt");
    syncAll(again, 8192);
    powerFail();
    assertThat(reopen().isConsistent()).isTrue();
  }

  private void overwrite(long offset) throws IOException {
    Store store = world.await(world::openStore);
    Disk file = world.await(() -> store.open(DirtyFile.NAME));
    ByteBuffer rubbish = content(new Range(0, 4096));
    world.run(done -> file.write(List.of(Extent.of(offset, rubbish)), Durability.DURABLE, done));
    world.await(file::close);
  }

  @Test
  void moreCanBeMadeDirtyAndThatIsDurable() throws IOException {
    FollowingResource resource = join();
    syncAll(resource, 8192);
    RegionSet more = new RegionSet();
    more.add(REGION + 1, 1);
    more.add(1L << 40, 1);
    world.await(() -> resource.makeDirty(0, more));
    assertThat(resource.isConsistent()).isFalse();
    powerFail();
    FollowingResource again = reopen();
    assertThat(again.dirty().dirtyBytes()).isEqualTo(REGION);
    assertThat(again.dirty().isDirty(0, new Range(0, REGION))).isFalse();
    assertThat(again.dirty().isDirty(0, new Range(0, REGION + 1))).isTrue();
  }

  @Test
  void closingWaitsForHoldsAndSaysWhatReplayDoes() throws IOException {
    FollowingResource resource = join();
    world.host().owner().execute(resource::pauseReplay);
    world.simulation().runFor(Duration.ofMillis(1));
    assertThat(resource.status().apply()).isInstanceOf(ApplyState.Paused.class);
    world.host().owner().execute(resource::resumeReplay);
    world.simulation().runFor(Duration.ofMillis(1));
    assertThat(resource.status().apply()).isInstanceOf(ApplyState.Idle.class);

    Hold hold = world.await(() -> resource.hold(0, new Range(0, REGION)));
    Async<Void> closed = world.await(() -> Async.of(resource.close()));
    world.simulation().runFor(Duration.ofSeconds(2));
    assertThat(closed.isDone()).isFalse();
    world.host().owner().execute(hold::release);
    world.simulation().runFor(Duration.ofSeconds(2));
    assertThat(closed.isDone()).isTrue();
    assertThat(resource.status().state()).isInstanceOf(FollowingState.Closed.class);
    assertThat(reopen().dirty().dirtyBytes()).isEqualTo(DISK_BYTES);
  }
}
