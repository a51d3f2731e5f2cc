package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.log.LogDamage;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.NoSpaceException;
import io.tharsis.logfiles.sim.CrashMode;
import io.tharsis.logfiles.sim.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class StagingTest {

  private static final LogLimits ROOMY = TestLog.LIMITS.withMaxLogBytes(128L << 20);

  /**
   * How a crash happens.
   *
   * @param first event after which it does
   * @param power empty for a kill of the process
   */
  private record Way(String name, int first, Optional<CrashMode> power) {}

  private static Stream<Way> ways() {
    List<CrashMode> modes = List.of(CrashMode.values());
    return Stream.concat(
        Stream.of(new Way("process is killed", 0, Optional.empty())),
        IntStream.range(0, modes.size())
            .mapToObj(i -> new Way("power fails, " + modes.get(i), i, Optional.of(modes.get(i)))));
  }

  /**
   * From the moment on at which it begins, to the end, crashed after every event; in the gate each
   * way of crashing takes every fourth one, and they begin at different ones.
   */
  @TestFactory
  Stream<DynamicTest> everyEventIsACrashPoint() {
    return ways().map(way -> DynamicTest.dynamicTest(way.name(), () -> sweep(way)));
  }

  private static void sweep(Way way) throws IOException {
    long events = undisturbed();
    assertThat(events).as("events of an undisturbed stage").isBetween(100L, 5_000L);
    int stride = Integer.getInteger("tharsis.stride", 4);
    for (long crash = way.first() % stride; crash < events; crash += stride) {
      try {
        StagedLife life = StagedLife.prepared(ROOMY);
        life.work();
        life.run(crash);
        life.crash(way.power());
        life.work();
        life.run(crash % 7 * 13);
        life.judge();
        life.crash(way.power());
        life.work();
        life.finish();
      } catch (AssertionError | RuntimeException | IOException failure) {
        throw new AssertionError("%s after event %d".formatted(way.name(), crash), failure);
      }
    }
  }

  private static long undisturbed() throws IOException {
    StagedLife life = StagedLife.prepared(ROOMY);
    long before = life.events();
    life.work();
    life.finish();
    return life.events() - before;
  }

  /** All is staged but log up to the newest stamp, so it is not put on the disks yet. */
  private static StagedLife staged() throws IOException {
    StagedLife life = StagedLife.prepared(ROOMY);
    life.stampsAreBeyondTheLog();
    life.work();
    life.runFor(Duration.ofSeconds(30));
    return life;
  }

  @Test
  void asLongAsItIsStagedTheDiskIsNotTouchedAndTheReplicaIsWhatItWas() throws IOException {
    StagedLife life = staged();
    FollowingResource resource = life.open();
    assertThat(resource.dirty().isDurablyEmpty()).isTrue();
    assertThat(resource.isConsistent()).isTrue();
    FollowingResource.Staged staged = resource.staged().orElseThrow();
    assertThat(staged.checkpointLsn()).isEqualTo(StagedLife.OLD_LSN);
    assertThat(staged.flipping()).isFalse();
    life.judge();
    for (int i = 0; i < 5; i++) {
      life.crash(Optional.of(CrashMode.NOTHING));
      life.work();
      life.runFor(Duration.ofSeconds(3));
      assertThat(life.open().staged()).isPresent();
      assertThat(life.open().dirty().isEmpty()).as("progress survives").isTrue();
      life.judge();
    }
  }

  @Test
  void whatIsStagedCanBeGivenUp() throws IOException {
    StagedLife life = staged();
    life.crash(Optional.empty());
    life.giveUp();
    FollowingResource old = life.openAsItIs();
    assertThat(old.staged()).isEmpty();
    assertThat(old.isConsistent()).isTrue();
    assertThat(old.log().marks().durable()).isEqualTo(StagedLife.OLD_LSN);
    assertThat(life.leftovers()).isEmpty();
    life.judge();
  }

  @Test
  void whatIsPutOnTheDisksBeforeItIsAllMakesTheReplicaInconsistentAndItSaysSo() throws IOException {
    StagedLife life = staged();
    life.flip();
    assertThat(life.isStopped()).isTrue();
    assertThat(life.openConsistent()).as("from the first moment on").isFalse();
    life.crash(Optional.of(CrashMode.NOTHING));
    FollowingResource flipped = life.openAsItIs();
    assertThat(flipped.staged()).isEmpty();
    assertThat(flipped.isConsistent()).isFalse();
    assertThat(flipped.dirty().newest().lsn()).isGreaterThan(StagedLife.NEW_LSN);
    assertThat(life.leftovers()).isEmpty();
  }

  @Test
  void withoutRoomNothingIsBegun() throws IOException {
    StagedLife life = StagedLife.prepared(TestLog.LIMITS);
    assertThatThrownBy(life::begin).isInstanceOf(NoSpaceException.class);
    assertThat(life.leftovers()).isEmpty();
    assertThat(life.openAsItIs().isConsistent()).isTrue();

    StagedLife full = StagedLife.prepared(ROOMY);
    full.fileSystemHasOnly(40L << 20);
    assertThatThrownBy(full::begin).isInstanceOf(NoSpaceException.class);
    assertThat(full.leftovers()).isEmpty();
    assertThat(full.openAsItIs().isConsistent()).isTrue();
  }

  @Test
  void aDiskThatCannotBeWrittenDelaysTheEnd() throws IOException {
    StagedLife life = StagedLife.prepared(ROOMY);
    life.disk().faults().chance(Fault.WRITE_ERROR, 1);
    life.work();
    life.runFor(Duration.ofSeconds(20));
    assertThat(life.failures()).isNotEmpty();
    life.disk().faults().heal();
    life.finish();
  }

  @Test
  void aSideLogThatIsDamagedCostsTheStageAndNothingElse() throws IOException {
    StagedLife life = staged();
    life.crash(Optional.empty());
    life.blank(List.of("side-checkpoint"));
    FollowingResource old = life.openAsItIs();
    assertThat(old.staged()).isEmpty();
    assertThat(old.isConsistent()).isTrue();
    assertThat(life.leftovers()).isEmpty();
    life.judge();
  }

  @Test
  void aSideLogThatCannotBeWrittenCostsTheStageAndNotTheCopy() throws IOException {
    StagedLife life = staged();
    FollowingResource staged = life.open();
    life.sideLogFails();
    life.runFor(Duration.ofMillis(400));
    assertThat(life.isStopped()).isTrue();
    staged.flip();
    life.runFor(Duration.ofSeconds(30));
    assertThat(life.failures()).as("of the write, not of an opening").hasSize(1);
    assertThat(life.open().staged()).isPresent();
    assertThat(life.open().isConsistent()).isTrue();
    life.judge();
  }

  @Test
  void aMarkerInASideLogThatCountsSaysThatTheDiskIsNoMoment() throws IOException {
    StagedLife life = staged();
    life.flip();
    life.crash(Optional.of(CrashMode.NOTHING));
    life.rot("side-poison");
    assertThatThrownBy(life::openAsItIs)
        .isInstanceOfSatisfying(
            LogDamage.class,
            damage -> assertThat(damage.code()).isEqualTo(LogDamage.Code.INCONSISTENT));
  }

  @Test
  void whereNothingIsKnownAllOfAVolumeIsDirtyThatHasGrownSince() throws IOException {
    StagedLife life = StagedLife.prepared(ROOMY);
    long larger = 7L << 16;
    FollowingResource resource = life.beginLarger(larger);
    life.runFor(Duration.ofSeconds(2));
    assertThat(resource.volumeBytes(0)).isEqualTo(larger);
    assertThat(resource.dirty().dirtyBytes(0)).isEqualTo(larger);
  }
}
