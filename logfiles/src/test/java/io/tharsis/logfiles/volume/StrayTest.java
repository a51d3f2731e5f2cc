package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.tharsis.logfiles.format.DirtyRegions.Stamp;
import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.CrashMode;
import io.tharsis.logfiles.sim.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A member that syncs from a primary beyond a fork, and then follows those who went on there. */
final class StrayTest {

  private static final LogLimits ROOMY = TestLog.LIMITS.withMaxLogBytes(256L << 20);
  private static final long DISK = 1 << 20;
  private static final Range REGION = new Range(0, RegionSet.REGION_BYTES);
  private static final Succession FORCED =
      new Succession(Epoch.Kind.FORCED, new UUID(0x60, 6), 100);

  private final RoleLab lab = new RoleLab(17, ROOMY, DISK);
  private LoggedResource one;
  private FollowingResource follower;
  private FollowingResource three;
  private Stamp ofBranch;

  /** One goes on beyond what the others have; a region of the third one is dirty. */
  @BeforeEach
  void split() throws IOException {
    one = lab.await(lab.openToWrite("one", Optional.empty()));
    follower = lab.join("two", one.id());
    three = lab.join("three", one.id());
    lab.await(lab.write("one", one, 0, 1));
    lab.ship("one", one.readableLog().shipped(), "two", follower.log());
    lab.ship("one", one.readableLog().shipped(), "three", three.log());
    lab.simulation().runFor(Duration.ofSeconds(3));
    assertThat(three.isConsistent()).isTrue();
    for (int block = 0; block < 50; block++) {
      lab.await(lab.write("one", one, block, 99));
    }
    ofBranch = new Stamp(one.log().marks().durable(), one.epoch().id());
    RegionSet region = new RegionSet();
    region.add(0, RegionSet.REGION_BYTES);
    lab.await("three", () -> three.makeDirty(0, region));
  }

  private Async<Void> putOfBranch() {
    return lab.start(
        "three",
        () ->
            three
                .hold(0, REGION)
                .then(hold ->
                    three
                        .put(hold, ByteBuffer.allocateDirect((int) REGION.lengthBytes()), ofBranch)
                        .orElse(cause -> {
                          hold.release();
                          return Async.failed(cause);
                        })
                        .map(done -> {
                          hold.release();
                          return null;
                        })));
  }

  /** The others go on without what one has written last, far beyond where that has ended. */
  private LoggedResource forced() throws IOException {
    LoggedResource two = lab.await("two", () -> follower.takeOver(FORCED, new RoleLab.Keeping()));
    for (int block = 0; block < 100; block++) {
      lab.await(lab.write("two", two, 100 + block % 9, 5));
    }
    assertThat(two.log().marks().durable()).isGreaterThan(ofBranch.lsn());
    return two;
  }

  private void follow(LoggedResource two) throws IOException {
    lab.ship("two", two.readableLog().shipped(), "three", three.log());
  }

  private void allIsDirty() {
    assertThat(three.isConsistent()).isFalse();
    assertThat(three.dirty().dirtyBytes()).isEqualTo(DISK);
    assertThat(three.dirty().newest()).isEqualTo(Stamp.NONE);
  }

  private FollowingResource reopened() throws IOException {
    return lab.await(lab.openToFollow("three"));
  }

  @Test
  void whatItHasOfTheBranchMakesEverythingDirty() throws IOException {
    lab.await(putOfBranch());
    lab.simulation().runFor(Duration.ofSeconds(3));
    assertThat(three.dirty().isDurablyEmpty()).isTrue();
    assertThat(three.isConsistent()).as("its log ends before that").isFalse();
    follow(forced());
    allIsDirty();
    assertThat(three.status().sync().problems().getFirst()).contains("synced from a branch");
    lab.simulation().runFor(Duration.ofSeconds(3));
    allIsDirty();
    lab.crash("three", Optional.of(CrashMode.NOTHING));
    three = reopened();
    allIsDirty();
  }

  @Test
  void itIsSoTooIfItCrashesBeforeThatIsWrittenDown() throws IOException {
    lab.await(putOfBranch());
    lab.simulation().runFor(Duration.ofSeconds(3));
    lab.directory("three").medium("dirty").faults().chance(Fault.STUCK, 1);
    follow(forced());
    lab.crash("three", Optional.of(CrashMode.EVERYTHING));
    lab.directory("three").medium("dirty").faults().heal();
    assertThatIOException()
        .isThrownBy(() -> lab.await(lab.openToWrite("three", Optional.empty())))
        .withMessageContaining("synced from a branch");
    three = reopened();
    allIsDirty();
  }

  @Test
  void whatComesToTheDiskMeanwhileStaysDirty() throws IOException {
    LoggedResource two = forced();
    lab.disk("three").faults().next(Fault.STUCK);
    Async<Void> put = putOfBranch();
    lab.simulation().runSteps(10);
    follow(two);
    assertThat(put.isDone()).isFalse();
    lab.simulation().runFor(Duration.ofMinutes(2));
    assertThat(put.failure().orElseThrow()).hasMessageContaining("of a branch");
    assertThat(three.isConsistent()).isFalse();
    assertThat(three.dirty().dirtyBytes()).isEqualTo(REGION.lengthBytes());
    assertThat(three.dirty().newest()).isNotEqualTo(ofBranch);
  }
}
