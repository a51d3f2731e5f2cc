package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.ShippedLog;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.NoSpaceException;
import io.tharsis.logfiles.sim.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A secondary that becomes the primary in place, and what is in its way. */
final class TakeOverTest {

  private static final LogLimits ROOMY = TestLog.LIMITS.withMaxLogBytes(256L << 20);
  private static final long DISK = 64 << 20;
  private static final int MIB_BLOCKS = (1 << 20) / RoleLab.BLOCK;
  private static final Succession HANDOVER = RoleLab.handover(1);

  private RoleLab lab;
  private LoggedResource one;
  private FollowingResource two;

  @BeforeEach
  void begin() throws IOException {
    begin(ROOMY);
  }

  private void begin(LogLimits limits) throws IOException {
    lab = new RoleLab(11, limits, DISK);
    one = lab.await(lab.openToWrite("one", Optional.empty()));
    two = lab.join("two", one.id());
    lab.simulation().runFor(Duration.ofSeconds(3));
  }

  private void ship() throws IOException {
    lab.ship("one", one.readableLog().shipped(), "two", two.log());
  }

  private LoggedResource takeOver() throws IOException {
    return lab.await("two", () -> two.takeOver(HANDOVER, new RoleLab.Keeping()));
  }

  private void refused(String why) {
    assertThatIOException().isThrownBy(this::takeOver).withMessageContaining(why);
    assertThatIOException()
        .isThrownBy(() -> lab.await("two", two::prepareTakeOver))
        .withMessageContaining(why);
  }

  private void tell(Runnable what) {
    lab.host("two").owner().execute(what);
    lab.simulation().runFor(Duration.ofMillis(1));
  }

  /** Every byte that it would read would fail it. */
  @Test
  void howMuchIsNotAppliedYetMakesNoDifference() throws IOException {
    tell(two::pauseReplay);
    for (int mib = 0; mib < 60; mib++) {
      lab.await(lab.write("one", one, mib * MIB_BLOCKS, MIB_BLOCKS, mib + 1));
    }
    ship();
    assertThat(two.log().marks().backlogBytes()).isGreaterThan(60L << 20);
    lab.await("two", two::prepareTakeOver);
    lab.media("two").forEach(medium -> medium.faults().chance(Fault.READ_ERROR, 1));
    long events = lab.events();
    long began = lab.simulation().nowNanos();
    LoggedResource primary = takeOver();
    assertThat(lab.simulation().nowNanos() - began).isLessThan(5_000_000);
    assertThat(lab.events() - events).isLessThan(200);
    lab.media("two").forEach(medium -> medium.faults().heal());
    assertThat(primary.log().marks().backlogBytes()).isGreaterThan(60L << 20);
    assertThat(
            lab.read("two", primary, 3 * MIB_BLOCKS)
                .subList(2 * MIB_BLOCKS - 1, 2 * MIB_BLOCKS + 1))
        .containsExactly(2, 3);
    lab.await(lab.write("two", primary, 0, 99));
    lab.simulation().runFor(Duration.ofSeconds(20));
    assertThat(primary.log().marks().backlogBytes()).as("it goes on being applied").isZero();
    assertThat(lab.read("two", primary, 1)).containsExactly(99);
  }

  @Test
  void theEpochBeginsWhereTheReceivedLogEndsAndBothGoOn() throws IOException {
    lab.await(lab.write("one", one, 5, 7));
    Frozen frozen = lab.await("one", one::freeze);
    ship();
    lab.await("one", one::cede);
    LoggedResource primary = takeOver();
    assertThat(primary.epoch())
        .isEqualTo(
            new Epoch(
                11,
                HANDOVER.epochId(),
                Epoch.Kind.HANDOVER,
                frozen.endLsn(),
                new Epoch.Parent(frozen.epochId(), frozen.endLsn())));
    assertThat(two.status().state()).isInstanceOf(FollowingState.Closed.class);
    lab.await("two", two::close);

    FollowingResource former = lab.await("one", () -> one.stepDown(new RoleLab.Keeping()));
    assertThat(former.isConsistent()).isTrue();
    assertThat(one.status().state()).isInstanceOf(ResourceState.Closed.class);
    lab.await("one", one::close);
    lab.await(lab.write("two", primary, 6, 8));
    lab.ship("two", primary.readableLog().shipped(), "one", former.log());
    assertThat(former.log().lineage()).isEqualTo(primary.readableLog().lineage());
    lab.await("two", primary::close);
    lab.await("one", former::close);
    LoggedResource back = lab.await(lab.openToWrite("one", Optional.empty()));
    assertThat(lab.read("one", back, 7)).containsExactly(0, 0, 0, 0, 0, 7, 8);
  }

  @Test
  void whoHasNothingOfTheLogOrNotAllOfTheVolumesIsRefusedAndStaysASecondary() throws IOException {
    refused("nothing of the log");
    ship();
    RegionSet region = new RegionSet();
    region.add(0, 1);
    lab.await("two", () -> two.makeDirty(0, region));
    refused("not synced");
    assertThat(two.status().state()).isInstanceOf(FollowingState.Following.class);
    lab.await(lab.write("one", one, 0, 1));
    ship();
    assertThat(two.log().marks().durable()).isEqualTo(one.log().marks().durable());
  }

  @Test
  void oneTakeOverIsEnough() throws IOException {
    ship();
    Async<LoggedResource> first =
        lab.start("two", () -> two.takeOver(HANDOVER, new RoleLab.Keeping()));
    assertThatIOException().isThrownBy(this::takeOver).withMessageContaining("already");
    LoggedResource primary = lab.await(first);
    assertThatIOException().isThrownBy(this::takeOver);
    lab.await("two", () -> primary.freeze());
    lab.await("two", primary::cede);
    FollowingResource again = lab.await("two", () -> primary.stepDown(new RoleLab.Keeping()));
    assertThatIOException()
        .isThrownBy(() -> lab.await("two", () -> again.takeOver(HANDOVER, ResourceListener.NONE)))
        .withMessageContaining("has begun");
    assertThatIOException()
        .isThrownBy(() -> lab.await("two", () -> primary.stepDown(ResourceListener.NONE)));
  }

  @Test
  void onlyWhoHasCededStepsDown() throws IOException {
    assertThatIOException()
        .isThrownBy(() -> lab.await("one", () -> one.stepDown(ResourceListener.NONE)))
        .withMessageContaining("not ceded");
    lab.await("one", one::freeze);
    assertThatIOException()
        .isThrownBy(() -> lab.await("one", () -> one.stepDown(ResourceListener.NONE)));
    lab.await("one", one::cede);
    lab.await("one", one::close);
    assertThatIOException()
        .isThrownBy(() -> lab.await("one", () -> one.stepDown(ResourceListener.NONE)));
  }

  @Test
  void withoutRoomForAnotherLogfileItIsRefusedAndGoesOnWhenThereIsSome() throws IOException {
    TakeOverTest tight = new TakeOverTest();
    tight.begin(TestLog.LIMITS);
    tight.fillLog();
    assertThatThrownBy(tight::takeOver).isInstanceOf(NoSpaceException.class);
    assertThatThrownBy(() -> tight.lab.await("two", tight.two::prepareTakeOver))
        .isInstanceOf(NoSpaceException.class);
    assertThat(tight.two.status().state()).isInstanceOf(FollowingState.Following.class);
    tight.tell(() -> tight.two.log().retainFrom(Long.MAX_VALUE));
    tight.tell(tight.two::resumeReplay);
    tight.lab.simulation().runFor(Duration.ofSeconds(20));
    LoggedResource primary = tight.takeOver();
    assertThat(tight.lab.read("two", primary, 1)).containsExactly(1);
  }

  /** The primary gives its log space back, the secondary has applied nothing. */
  private void fillLog() throws IOException {
    tell(two::pauseReplay);
    lab.host("one").owner().execute(() -> one.readableLog().retainFrom(Long.MAX_VALUE));
    for (int mib = 0; mib < 45 && two.log().shortage().isEmpty(); mib++) {
      lab.await(lab.write("one", one, mib * MIB_BLOCKS, MIB_BLOCKS, mib + 1));
      ship();
      lab.simulation().runFor(Duration.ofMillis(10));
    }
    assertThat(two.log().shortage()).isPresent();
  }

  @Test
  void aWriteErrorAtTheBeginningOfTheEpochEndsItAndItIsOpenedAgain() throws IOException {
    lab.await(lab.write("one", one, 0, 1));
    ship();
    lab.await("two", two::prepareTakeOver);
    lab.directory("two").files().stream()
        .filter(name -> name.startsWith("log-"))
        .forEach(name -> lab.directory("two").medium(name).faults().chance(Fault.WRITE_ERROR, 1));
    assertThatIOException().isThrownBy(this::takeOver);
    lab.media("two").forEach(medium -> medium.faults().heal());
    assertThatIOException()
        .isThrownBy(() -> lab.await(lab.openToWrite("two", Optional.of(HANDOVER))))
        .withMessageContaining("clear-poison");
    lab.directory("two").medium("poison").blank();
    LoggedResource primary = lab.await(lab.openToWrite("two", Optional.of(HANDOVER)));
    // What failed may be there nevertheless: then the epoch has begun, and another one follows.
    assertThat(primary.readableLog().lineage().find(HANDOVER.epochId())).isPresent();
    assertThat(lab.read("two", primary, 1)).containsExactly(1);
  }

  @Test
  void aReplicaWhoseLogHasStoppedIsRefused() throws IOException {
    ship();
    lab.await(lab.write("one", one, 0, 1));
    lab.directory("two").files().stream()
        .filter(name -> name.startsWith("log-"))
        .forEach(name -> lab.directory("two").medium(name).faults().chance(Fault.WRITE_ERROR, 1));
    assertThatIOException().isThrownBy(this::ship);
    refused("takes no log any more");
    lab.media("two").forEach(medium -> medium.faults().heal());
    lab.await("two", two::close);
    FollowingResource again = lab.await(lab.openToFollow("two"));
    lab.ship("one", one.readableLog().shipped(), "two", again.log());
    lab.await("two", () -> again.takeOver(HANDOVER, ResourceListener.NONE));
  }

  @Test
  void whoIsClosedMeanwhileIsClosed() throws IOException {
    for (int events = 0; events < 40; events += 2) {
      TakeOverTest other = new TakeOverTest();
      other.begin();
      other.ship();
      other.closeAfter(events);
    }
  }

  private void closeAfter(int events) throws IOException {
    Async<LoggedResource> taken =
        lab.start("two", () -> two.takeOver(HANDOVER, new RoleLab.Keeping()));
    lab.simulation().runSteps(events);
    Async<Void> closed = lab.start("two", two::close);
    lab.simulation().runFor(Duration.ofSeconds(60));
    assertThat(closed.isDone()).isTrue();
    assertThat(taken.isDone()).isTrue();
    if (taken.failure().isEmpty()) {
      lab.await("two", taken.value()::close);
    }
    assertThat(lab.await(lab.openToWrite("two", Optional.of(HANDOVER))).epoch().number())
        .isGreaterThan(10);
  }

  @Test
  void bytesThatAreStillUnderWayBecomeDurableBefore() throws IOException {
    ship();
    lab.await(lab.write("one", one, 0, 1));
    var found = lab.await("one", () -> one.readableLog().shipped().read(two.log().next(), 1 << 20));
    var run = (ShippedLog.Found.Run) found;
    Async<LoggedResource> taken =
        lab.start(
            "two",
            () -> {
              two.log().receive(run.position().lsn(), run.bytes()).observe(done -> {}, cause -> {});
              return two.takeOver(HANDOVER, ResourceListener.NONE);
            });
    LoggedResource primary = lab.await(taken);
    assertThat(primary.epoch().startLsn()).isEqualTo(one.log().marks().durable());
    assertThat(lab.read("two", primary, 1)).containsExactly(1);
    assertThatIOException()
        .isThrownBy(
            () -> lab.await("two", () -> two.log().receive(run.position().lsn(), run.bytes())));
  }
}
