package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.log.Logfile;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.log.ReceivedLog;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.CrashMode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * One handover with log that is not applied yet, crashed after every event of either side of it, in
 * every way. Nothing that was acknowledged is lost, the agreed epoch begins once, and a third
 * member that follows across both epochs has the same log, byte for byte.
 */
class RoleCrashPointsTest {

  private static final long DISK = 1 << 20;
  private static final int BLOCKS = 12;
  private static final Succession HANDOVER = RoleLab.handover(1);
  private static final int HEADER_BYTES = 4096;

  /** Events between which the role changes, and a few after that. */
  private static final long LEAST_EVENTS = 5;

  private static final long MOST_EVENTS = 300;
  private static final long BEYOND = 8;

  private static Stream<Optional<CrashMode>> ways() {
    return Stream.concat(
        Stream.of(Optional.empty()), Stream.of(CrashMode.values()).map(Optional::of));
  }

  private static String name(Optional<CrashMode> power) {
    return power.map(mode -> "power fails, " + mode).orElse("process is killed");
  }

  interface Sweep {
    /** Crashes after so many events; whether it was over before. */
    boolean run(Optional<CrashMode> power, long crash) throws IOException;
  }

  private static Stream<DynamicTest> sweeps(Sweep sweep) {
    return ways().map(way -> DynamicTest.dynamicTest(name(way), () -> sweep(way, sweep)));
  }

  private static void sweep(Optional<CrashMode> way, Sweep sweep) {
    long events = 0;
    for (long crash = 0; crash < events + BEYOND; crash++) {
      try {
        events = sweep.run(way, crash) ? events : crash;
        assertThat(events).isLessThan(MOST_EVENTS);
      } catch (AssertionError | RuntimeException | IOException failure) {
        throw new AssertionError("after event " + crash, failure);
      }
    }
    assertThat(events).isGreaterThan(LEAST_EVENTS);
  }

  /** Whoever takes over crashes, and is opened again as what it is to be. */
  @TestFactory
  Stream<DynamicTest> everyEventOfATakeOverIsACrashPoint() {
    return sweeps((power, crash) -> new Trio().crashTakeOver(power, crash, false));
  }

  /** The same, but that it is opened as a secondary before. */
  @TestFactory
  Stream<DynamicTest> afterACrashItIsASecondaryAsWell() {
    return sweeps((power, crash) -> new Trio().crashTakeOver(power, crash, true));
  }

  /** Whoever gives the role up crashes. */
  @TestFactory
  Stream<DynamicTest> everyEventOfSteppingDownIsACrashPoint() {
    return sweeps((power, crash) -> new Trio().crashSteppingDown(power, crash));
  }

  private static final class Trio {
    private final RoleLab lab = new RoleLab(12, TestLog.LIMITS, DISK);
    private final LoggedResource one;
    private final FollowingResource two;
    private final FollowingResource three;
    private final Frozen frozen;
    private final List<Integer> content = new ArrayList<>();

    Trio() throws IOException {
      one = lab.await(lab.openToWrite("one", Optional.empty()));
      two = lab.join("two", one.id());
      three = lab.join("three", one.id());
      lab.simulation().runFor(Duration.ofSeconds(2));
      for (int block = 0; block < BLOCKS; block++) {
        lab.await(lab.write("one", one, block, block + 1));
        content.add(block + 1);
        if (block % 4 == 2) {
          ship(two);
        }
      }
      frozen = lab.await("one", one::freeze);
      ship(two);
      lab.ship("one", one.readableLog().shipped(), "three", three.log());
    }

    private void ship(FollowingResource to) throws IOException {
      lab.ship("one", one.readableLog().shipped(), "two", to.log());
    }

    boolean crashTakeOver(Optional<CrashMode> power, long crash, boolean followsBefore)
        throws IOException {
      lab.await("one", one::cede);
      FollowingResource former = lab.await("one", () -> one.stepDown(new RoleLab.Keeping()));
      Async<LoggedResource> taken =
          lab.start("two", () -> two.takeOver(HANDOVER, new RoleLab.Keeping()));
      lab.simulation().runSteps(crash);
      boolean over = taken.isDone();
      lab.crash("two", power);
      if (followsBefore) {
        FollowingResource follower = lab.await(lab.openToFollow("two"));
        assertThat(follower.isConsistent()).isTrue();
        assertThat(follower.log().marks().durable()).isGreaterThanOrEqualTo(frozen.endLsn());
        lab.crash("two", power);
      }
      LoggedResource primary = lab.await(lab.openToWrite("two", Optional.of(HANDOVER)));
      judge(primary, former);
      return over;
    }

    boolean crashSteppingDown(Optional<CrashMode> power, long crash) throws IOException {
      LoggedResource primary =
          lab.await("two", () -> two.takeOver(HANDOVER, new RoleLab.Keeping()));
      Async<FollowingResource> stepped =
          lab.start("one", () -> one.cede().then(done -> one.stepDown(new RoleLab.Keeping())));
      lab.simulation().runSteps(crash);
      boolean over = stepped.isDone();
      lab.crash("one", power);
      FollowingResource former = lab.await(lab.openToFollow("one"));
      assertThat(former.log().marks().durable()).isEqualTo(frozen.endLsn());
      judge(primary, former);
      return over;
    }

    private void judge(LoggedResource primary, FollowingResource former) throws IOException {
      assertThat(lab.read("two", primary, BLOCKS)).isEqualTo(content);
      List<Epoch> agreed =
          primary.readableLog().lineage().epochs().stream()
              .filter(epoch -> epoch.kind() == Epoch.Kind.HANDOVER)
              .toList();
      assertThat(agreed).hasSize(1);
      assertThat(agreed.getFirst().id()).isEqualTo(HANDOVER.epochId());
      assertThat(agreed.getFirst().parent())
          .isEqualTo(new Epoch.Parent(frozen.epochId(), frozen.endLsn()));
      lab.await(lab.write("two", primary, 1, 77));
      content.set(1, 77);
      follows(primary, "one", former.log());
      follows(primary, "three", three.log());
      assertThat(lab.read("two", primary, BLOCKS)).isEqualTo(content);
    }

    private void follows(LoggedResource primary, String name, ReceivedLog log) throws IOException {
      lab.ship("two", primary.readableLog().shipped(), name, log);
      assertThat(log.lineage()).isEqualTo(primary.readableLog().lineage());
      assertThat(log.marks().durable()).isEqualTo(primary.readableLog().marks().durable());
      ReadableLog source = primary.readableLog();
      int files = 0;
      for (long lsn = source.marks().durable(); lsn > 0; files++) {
        assertThat(bytes(name, log, lsn)).isEqualTo(bytes("two", source, lsn));
        lsn = source.find(lsn - 1).orElseThrow().baseLsn();
      }
      assertThat(files).isGreaterThan(1);
    }

    private byte[] bytes(String name, ReadableLog log, long endLsn) {
      Logfile file = log.find(endLsn - 1).orElseThrow();
      return lab.directory(name)
          .medium(file.toString())
          .peek(new Range(0, HEADER_BYTES + endLsn - file.baseLsn()));
    }
  }
}
