package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.tharsis.logfiles.format.DirtyRegions.Stamp;
import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.log.CannotRewind;
import io.tharsis.logfiles.log.Fork;
import io.tharsis.logfiles.log.LogBranches;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.CrashMode;
import io.tharsis.logfiles.sim.SimMedium;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A former primary whose log goes beyond the place from which another member was forced. */
class RewindingTest {

  private static final LogLimits ROOMY = TestLog.LIMITS.withMaxLogBytes(256L << 20);
  private static final long DISK = 1 << 20;
  private static final Succession FORCED =
      new Succession(Epoch.Kind.FORCED, new UUID(0x60, 6), 100);

  /** Two members that have parted; the one that must come back is not open. */
  private static final class Split {
    private final RoleLab lab = new RoleLab(13, ROOMY, DISK);
    private final LoggedResource two;
    private final Fork fork;
    private final boolean applied;

    /** {@code applied} says whether some of the branch is on the disk. */
    Split(boolean applied) throws IOException {
      this.applied = applied;
      LoggedResource one = lab.await(lab.openToWrite("one", Optional.empty()));
      FollowingResource follower = lab.join("two", one.id());
      lab.simulation().runFor(Duration.ofSeconds(2));
      for (int block = 0; block < 10; block++) {
        lab.await(lab.write("one", one, block, block + 1));
      }
      lab.ship("one", one.readableLog().shipped(), "two", follower.log());
      long end = follower.log().marks().durable();
      lab.simulation().runFor(Duration.ofSeconds(5));
      branch(one);
      if (applied) {
        lab.simulation().runFor(Duration.ofSeconds(5));
        lab.await(lab.write("one", one, 200, 99));
        assertThat(one.log().marks().checkpoint()).isGreaterThan(end);
      } else {
        assertThat(one.log().marks().horizon()).isLessThanOrEqualTo(end);
      }
      two = lab.await("two", () -> follower.takeOver(FORCED, new RoleLab.Keeping()));
      fork = Fork.between(one.readableLog().lineage(), two.readableLog().lineage()).orElseThrow();
      assertThat(fork).isEqualTo(new Fork(one.epoch().id(), end));
      lab.crash("one", Optional.of(CrashMode.EVERYTHING));
      lab.await(lab.write("two", two, 0, 50));
      lab.await(lab.write("two", two, 7, 70));
    }

    private void branch(LoggedResource one) throws IOException {
      for (int block = 5; block < 15; block++) {
        var _ = lab.write("one", one, block, 60 + block);
        if (block % 3 == 0) {
          var _ = lab.start("one", one::rotate);
        }
        lab.simulation().runFor(Duration.ofMillis(2));
      }
    }

    Async<FollowingResource> open() {
      return lab.open(
          "one",
          (config, seams) ->
              FollowingResource.openRewound(config, seams, fork, new RoleLab.Keeping()));
    }

    /** It is rewound, and becomes what the other one is. */
    void finish() throws IOException {
      finish(applied);
    }

    private void finish(boolean touched) throws IOException {
      FollowingResource one = lab.await(open());
      assertThat(one.log().marks().durable()).isEqualTo(fork.lsn());
      assertThat(one.isConsistent()).isEqualTo(!touched);
      assertThat(one.dirty().isDirty(0, new Range(0, RoleLab.BLOCK))).isEqualTo(touched);
      assertThat(one.dirty().dirtyBytes()).isLessThanOrEqualTo(touched ? 2 << 16 : 0);
      lab.ship("two", two.readableLog().shipped(), "one", one.log());
      assertThat(one.log().lineage()).isEqualTo(two.readableLog().lineage());
      sync(one);
      lab.simulation().runFor(Duration.ofSeconds(5));
      assertThat(one.isConsistent()).isTrue();
      assertThat(one.log().marks().backlogBytes()).isZero();
      assertThat(two.log().marks().backlogBytes()).isZero();
      assertThat(lab.disk("one").peek(new Range(0, DISK)))
          .isEqualTo(lab.disk("two").peek(new Range(0, DISK)));
    }

    private void sync(FollowingResource one) throws IOException {
      for (Optional<Range> next = one.dirty().next(0, 0, 1 << 16);
          next.isPresent();
          next = one.dirty().next(0, 0, 1 << 16)) {
        Range range = next.get();
        ByteBuffer content = ByteBuffer.allocateDirect(Math.toIntExact(range.lengthBytes()));
        Hold hold = lab.await("one", () -> one.hold(0, range));
        ContentStamp stamp = lab.await("two", () -> two.readStamped(0, range.from(), content));
        lab.await(
            "one",
            () ->
                one.put(hold, content, new Stamp(stamp.toLsn(), FORCED.epochId()))
                    .map(done -> {
                      hold.release();
                      return null;
                    }));
      }
    }

    List<LogBranches.Branch> branches() throws IOException {
      return lab.await(
          "one", () -> LogBranches.list(lab.directory("one").open(lab.host("one").owner())));
    }
  }

  @Test
  void whatHasNotReachedTheDisksLeavesItConsistentAndIsKept() throws IOException {
    Split split = new Split(false);
    split.finish();
    List<LogBranches.Branch> kept = split.branches();
    assertThat(kept).hasSize(1);
    assertThat(kept.getFirst().name())
        .isEqualTo(
            "branch-%s-%d"
                .formatted(split.fork.epochId().toString().substring(0, 8), split.fork.lsn()));
    assertThat(kept.getFirst().logfiles()).hasSizeGreaterThan(2);
    split.lab.await(
        "one",
        () ->
            LogBranches.delete(
                split.lab.directory("one").open(split.lab.host("one").owner()),
                kept.getFirst().name()));
    assertThat(split.branches()).isEmpty();
    assertThat(split.lab.directory("one").files()).noneMatch(name -> name.contains("branch"));
  }

  @Test
  void whatHasReachedTheDisksIsDirtyUntilItIsSynced() throws IOException {
    new Split(true).finish();
  }

  @Test
  void whereNothingIsBeyondTheForkNothingIsChanged() throws IOException {
    Split split = new Split(true);
    split.finish();
    split.lab.crash("one", Optional.of(CrashMode.NOTHING));
    List<String> files = split.lab.directory("one").files();
    LogBranches.Branch before = split.branches().getFirst();
    Fork end = new Fork(FORCED.epochId(), split.two.log().marks().durable());
    FollowingResource again =
        split.lab.await(
            split.lab.open(
                "one",
                (config, seams) ->
                    FollowingResource.openRewound(config, seams, end, new RoleLab.Keeping())));
    assertThat(again.isConsistent()).isTrue();
    assertThat(split.branches()).containsExactly(before);
    assertThat(split.lab.directory("one").files()).hasSameSizeAs(files);
  }

  @Test
  void aForkThatIsNotInTheLogIsRefusedAndNothingIsChanged() throws IOException {
    Split split = new Split(false);
    for (Fork other :
        List.of(new Fork(new UUID(1, 1), split.fork.lsn()), new Fork(split.fork.epochId(), 0))) {
      assertThatIOException()
          .isThrownBy(() ->
              split.lab.await(
                  split.lab.open(
                      "one",
                      (config, seams) ->
                          FollowingResource.openRewound(
                              config, seams, other, ResourceListener.NONE))));
    }
    assertThat(split.branches()).isEmpty();
    LoggedResource one = split.lab.await(split.lab.openToWrite("one", Optional.empty()));
    assertThat(split.lab.read("one", one, 15)).endsWith(72, 73, 74);
  }

  @Test
  void aLogThatIsDamagedBelowTheForkIsNotTakenForOneThatEndsThere() throws IOException {
    RoleLab lab = new RoleLab(13, ROOMY, DISK);
    LoggedResource one = lab.await(lab.openToWrite("one", Optional.empty()));
    for (int block = 0; block < 10; block++) {
      lab.await(lab.write("one", one, block, block + 1));
    }
    lab.simulation().runFor(Duration.ofSeconds(5));
    Fork fork = new Fork(one.epoch().id(), one.log().marks().horizon() - RoleLab.BLOCK);
    lab.crash("one", Optional.of(CrashMode.EVERYTHING));
    lab.directory("one")
        .medium("log-000000001-one")
        .rot(new Range(5 * RoleLab.BLOCK, 6 * RoleLab.BLOCK));
    assertThatIOException()
        .isThrownBy(() ->
            lab.await(
                lab.open(
                    "one",
                    (config, seams) ->
                        FollowingResource.openRewound(config, seams, fork, ResourceListener.NONE))))
        .isInstanceOf(CannotRewind.class)
        .withMessageContaining("damaged below");
  }

  /**
   * Rewound once, and then it cannot be opened and begins anew: the logfile is blank at its end.
   */
  @Test
  void whatIsKeptIsNotReplacedByWhatIsLeftOfIt() throws IOException {
    Split split = new Split(true);
    split.lab.await(split.open());
    split.lab.crash("one", Optional.of(CrashMode.EVERYTHING));
    LogBranches.Branch before = split.branches().getFirst();
    SimMedium copy =
        split.lab.directory("one").medium(before.name() + "-" + before.logfiles().getFirst());
    byte[] content = copy.peek(new Range(0, copy.sizeBytes()));
    split.lab.await(
        "one",
        () ->
            LogBranches.setAside(
                split.lab.directory("one").open(split.lab.host("one").owner()), split.fork));
    assertThat(split.branches().getFirst().logfiles()).containsAll(before.logfiles());
    assertThat(
            split
                .lab
                .directory("one")
                .medium(before.name() + "-" + before.logfiles().getFirst())
                .peek(new Range(0, content.length)))
        .isEqualTo(content);
  }

  private static Stream<Optional<CrashMode>> ways() {
    return Stream.concat(
        Stream.of(Optional.empty()), Stream.of(CrashMode.values()).map(Optional::of));
  }

  /** Crashed after every event; in the gate each way takes some, and they begin at others. */
  @TestFactory
  Stream<DynamicTest> everyEventIsACrashPoint() {
    return ways()
        .flatMap(way ->
            Stream.of(true, false)
                .map(applied ->
                    DynamicTest.dynamicTest(
                        way.map(CrashMode::toString).orElse("killed") + ", applied " + applied,
                        () -> sweep(way, applied))));
  }

  private static void sweep(Optional<CrashMode> power, boolean applied) throws IOException {
    Split undisturbed = new Split(applied);
    long before = undisturbed.lab.events();
    undisturbed.lab.await(undisturbed.open());
    long events = undisturbed.lab.events() - before;
    assertThat(events).isBetween(50L, 2_000L);
    int stride = Integer.getInteger("tharsis.stride", 5);
    long first = power.map(mode -> 1 + List.of(CrashMode.values()).indexOf(mode)).orElse(0);
    for (long crash = first % stride; crash < events; crash += stride) {
      try {
        crashAfter(new Split(applied), crash, power);
      } catch (AssertionError | RuntimeException | IOException failure) {
        throw new AssertionError("after event " + crash, failure);
      }
    }
  }

  /** After every other crash it is opened as it is before it is tried again. */
  private static void crashAfter(Split split, long crash, Optional<CrashMode> power)
      throws IOException {
    split.open();
    split.lab.simulation().runSteps(crash);
    split.lab.crash("one", power);
    boolean touched = split.applied;
    if (crash % 2 == 1) {
      FollowingResource asItIs = split.lab.await(split.lab.openToFollow("one"));
      assertThat(asItIs.log().marks().durable()).isGreaterThanOrEqualTo(split.fork.lsn());
      split.lab.simulation().runFor(Duration.ofMillis(crash % 500));
      touched |= asItIs.log().marks().horizon() > split.fork.lsn();
      split.lab.crash("one", power);
    }
    split.finish(touched);
  }
}
