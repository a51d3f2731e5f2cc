package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.format.DirtyRegions.Stamp;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.Delta;
import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.CrashMode;
import io.tharsis.logfiles.sim.SimMedium;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was staged takes the place of what was: on which disks, when, and as long as is wanted. */
class FlipTest {

  private static final long CHUNK = 1 << 20;
  private static final long DISK_BYTES = 16 * CHUNK;
  private static final long NEW_LSN = 1L << 30;
  private static final UUID EPOCH = new UUID(8, 8);

  /** What the old log has put on the disk, where nothing is staged. */
  private static final byte APPLIED = 'a';

  private static final byte STAGED = 'b';

  private final SimWorld world = new SimWorld(11);
  private UUID id = new UUID(0, 0);
  private long ids;

  private <T> Async<T> onDisk(StagedLife.Opening<T> opening) {
    ids += 1000;
    return world
        .openSparse("disk", DISK_BYTES)
        .then(disk ->
            world
                .openStore()
                .then(store ->
                    opening.open(
                        new ResourceConfig(
                            "r",
                            List.of(new VolumeConfig(disk, WriteCache.DURABLE)),
                            TestLog.config(TestLog.LIMITS.withMaxLogBytes(256L << 20), false)),
                        TestLog.seams(world, store, ids)))
                .orElse(cause -> Async.failedAfter(disk.close(), cause)));
  }

  private SimMedium disk() {
    return world.host().disk("disk", DISK_BYTES);
  }

  private static ByteBuffer filled(byte value, long bytes) {
    ByteBuffer content = ByteBuffer.allocateDirect(Math.toIntExact(bytes));
    for (int i = 0; i < content.capacity(); i++) {
      content.put(i, value);
    }
    return content;
  }

  /** A log that has been written and applied here. */
  private void written() throws IOException {
    world.await(() ->
        onDisk(LoggedResource::open)
            .then(resource -> {
              id = resource.id();
              return write(resource, 0).then(done -> resource.close());
            }));
  }

  private static Async<Void> write(LoggedResource resource, long offset) {
    Async<Void> ended = new Async<>();
    var _ =
        resource
            .volume(0)
            .write(offset, filled(APPLIED, 4096), true, new Reporting(ended, "a write"));
    return ended;
  }

  private static Delta delta() {
    RegionSet touched = new RegionSet();
    touched.add(CHUNK, DISK_BYTES - CHUNK);
    SortedMap<Integer, RegionSet> regions = new TreeMap<>();
    regions.put(0, touched);
    return new Delta(0, regions);
  }

  /** All but the first part of the disk is staged; nothing is decided yet. */
  private FollowingResource stage(ResourceListener listener) throws IOException {
    FollowingResource resource =
        world.await(() ->
            onDisk((config, seams) ->
                FollowingResource.beginBeside(
                    config, new LogStart(id, NEW_LSN), Optional.of(delta()), seams, listener)));
    for (long at = CHUNK; at < DISK_BYTES; at += CHUNK) {
      Range range = new Range(at, at + CHUNK);
      world.await(() ->
          resource
              .hold(0, range)
              .then(hold ->
                  resource
                      .put(hold, filled(STAGED, CHUNK), new Stamp(NEW_LSN, EPOCH))
                      .map(done -> {
                        hold.release();
                        return (Void) null;
                      })));
    }
    return resource;
  }

  private void run(Duration time) {
    world.simulation().runFor(time);
  }

  /** What is staged counts; none of it is on the disk. */
  private void flipped() throws IOException {
    written();
    flip();
  }

  private void flip() throws IOException {
    FollowingResource resource = stage(ResourceListener.NONE);
    world.host().owner().execute(resource::resumeReplay);
    run(Duration.ofSeconds(10));
    assertThat(has("flipping")).isTrue();
    world.await(resource::close);
  }

  private boolean has(String file) {
    return world.host().directory("store").has(file);
  }

  private boolean shows(byte first, byte rest) {
    byte[] content = disk().peek(new Range(0, DISK_BYTES));
    for (int i = 0; i < content.length; i++) {
      byte wanted = i < 4096 ? first : i < CHUNK ? 0 : rest;
      if (content[i] != wanted) {
        return false;
      }
    }
    return true;
  }

  private FollowingResource reopened(ResourceListener listener) throws IOException {
    return world.await(
        () -> onDisk((config, seams) -> FollowingResource.open(config, seams, listener)));
  }

  private void putOnDisk(byte value) throws IOException {
    world.await(() ->
        world
            .openSparse("disk", DISK_BYTES)
            .then(disk ->
                Async.start(done ->
                        disk.write(
                            List.of(Extent.of(0, filled(value, 4096))), Durability.DURABLE, done))
                    .then(done -> disk.close())));
  }

  @Test
  void aDiskThatIsNotWhatItWasIsLeftAsItIs() throws IOException {
    flipped();
    putOnDisk((byte) 0);
    assertThatThrownBy(() -> reopened(ResourceListener.NONE))
        .isInstanceOfSatisfying(
            LogDamage.class,
            damage -> assertThat(damage.code()).isEqualTo(LogDamage.Code.FOREIGN_DISK));
    assertThat(shows((byte) 0, (byte) 0)).as("nothing was put on it").isTrue();
    assertThat(has("flipping")).isTrue();

    putOnDisk(APPLIED);
    FollowingResource resource = reopened(ResourceListener.NONE);
    assertThat(resource.isConsistent()).isTrue();
    assertThat(shows(APPLIED, STAGED)).isTrue();
  }

  /** The check must not take what the flip itself has done for another disk. */
  @ParameterizedTest
  @EnumSource
  void aFlipThatWasInterruptedGoesOn(CrashMode mode) throws IOException {
    flipped();
    for (long events = 20; !isSettled(); events += 60) {
      world
          .host()
          .owner()
          .execute(() ->
              onDisk((config, seams) ->
                      FollowingResource.open(config, seams, ResourceListener.NONE))
                  .observe(done -> {}, cause -> {}));
      world.simulation().runSteps(events);
      disk().crashMode(mode);
      world.host().powerFail();
    }
    assertThat(reopened(ResourceListener.NONE).isConsistent()).isTrue();
    assertThat(shows(APPLIED, STAGED)).isTrue();
  }

  private boolean isSettled() {
    return !has("flipping") && !has("moving");
  }

  /** Its records are older than those of the side log, whose LSNs are of another log. */
  @Test
  void whatTheOldLogHadNotAppliedIsStagedToo() throws IOException {
    written();
    world.await(
        () -> onDisk(LoggedResource::open).then(resource -> write(resource, DISK_BYTES - CHUNK)));
    world.host().kill();
    flip();
    assertThat(reopened(ResourceListener.NONE).isConsistent()).isTrue();
    assertThat(shows(APPLIED, STAGED)).isTrue();
  }

  @Test
  void anOldLogThatIsDamagedDoesNotKeepWhatCountsFromTheDisk() throws IOException {
    flipped();
    world.host().directory("store").medium("poison").rot(new Range(0, 4096));
    assertThat(reopened(ResourceListener.NONE).isConsistent()).isTrue();
    assertThat(shows(APPLIED, STAGED)).isTrue();
  }

  /** Wants the opening for so many looks. */
  private static final class Patience implements ResourceListener {
    private int looks;

    Patience(int looks) {
      this.looks = looks;
    }

    @Override
    public boolean isWanted() {
      return looks-- > 0;
    }
  }

  @Test
  void nobodyHasToWaitUntilAllIsOnTheDisk() throws IOException {
    flipped();
    int stopped = 0;
    while (true) {
      try {
        FollowingResource resource = reopened(new Patience(1));
        assertThat(resource.isConsistent()).isTrue();
        break;
      } catch (OpeningPutOff putOff) {
        stopped++;
      }
      assertThat(shows(APPLIED, STAGED) && stopped < 3).as("all of it at once").isFalse();
    }
    assertThat(stopped).as("it goes on where it was").isBetween(3, 30);
    assertThat(shows(APPLIED, STAGED)).isTrue();
  }

  /** Says it later, or fails to. */
  private static final class Herald implements ResourceListener {
    private final List<Async<Void>> asked = new ArrayList<>();

    @Override
    public Async<Void> flipping() {
      Async<Void> said = new Async<>();
      asked.add(said);
      return said;
    }
  }

  @Test
  void theCopyThatCountsIsCalledOffBeforeAnythingElseCounts() throws IOException {
    written();
    Herald herald = new Herald();
    FollowingResource resource = stage(herald);
    assertThat(resource.isConsistent()).isTrue();
    world.host().owner().execute(resource::resumeReplay);
    run(Duration.ofSeconds(10));
    assertThat(herald.asked).hasSize(1);
    assertThat(resource.isConsistent()).isFalse();
    assertThat(has("staged")).as("before it was said").isTrue();

    world.host().owner().execute(() -> herald.asked.getFirst().fail(new IOException("full")));
    run(Duration.ofSeconds(10));
    assertThat(herald.asked).as("it is said again").hasSize(2);
    assertThat(has("staged")).isTrue();

    world.host().owner().execute(() -> herald.asked.getLast().succeed(null));
    run(Duration.ofSeconds(1));
    assertThat(has("flipping")).isTrue();
    assertThat(resource.isConsistent()).isFalse();
  }

  private FollowingResource joined(UUID as) throws IOException {
    return world.await(() ->
        onDisk((config, seams) ->
            FollowingResource.join(
                config, new LogStart(as, NEW_LSN), seams, ResourceListener.NONE)));
  }

  private void refusedToAnother() {
    List<String> before = List.copyOf(world.host().directory("store").files());
    byte[] content = disk().peek(new Range(0, DISK_BYTES));
    assertThatThrownBy(() -> joined(new UUID(6, 6)))
        .isInstanceOfSatisfying(
            LogDamage.class,
            damage -> assertThat(damage.code()).isEqualTo(LogDamage.Code.NOT_OURS));
    assertThat(world.host().directory("store").files()).containsExactlyElementsOf(before);
    assertThat(disk().peek(new Range(0, DISK_BYTES))).isEqualTo(content);
  }

  @Test
  void whatIsStagedOfAnotherResourceIsNoPartOfTheOneThatIsJoined() throws IOException {
    written();
    FollowingResource resource = stage(ResourceListener.NONE);
    world.await(resource::close);
    refusedToAnother();
    assertThat(joined(id).staged()).isPresent();
  }

  @Test
  void whatIsToCountOfAnotherResourceIsNotPutOnTheDisk() throws IOException {
    flipped();
    refusedToAnother();
    assertThat(joined(id).isConsistent()).isTrue();
    assertThat(shows(APPLIED, STAGED)).isTrue();
  }

  @Test
  void aNewLogThatIsOfNoResourceCostsTheStage() throws IOException {
    written();
    FollowingResource resource = stage(ResourceListener.NONE);
    world.await(resource::close);
    world.host().directory("store").medium("stage-checkpoint").blank();
    FollowingResource old = reopened(ResourceListener.NONE);
    assertThat(old.staged()).isEmpty();
    assertThat(old.isConsistent()).isTrue();
  }
}
