package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.sim.CrashMode;
import io.tharsis.logfiles.sim.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A primary that takes no changes for a while, or for ever, and the one that comes after it. */
final class FreezingTest {

  private static final long SIZE = 16 << 20;
  private static final Succession HANDOVER =
      new Succession(Epoch.Kind.HANDOVER, new UUID(0x40, 4), 41);

  private final SimWorld world = new SimWorld(38);
  private final List<String> outcomes = new ArrayList<>();
  private long ids;

  private LoggedResource open(Optional<Succession> succession) throws IOException {
    Disk disk = world.await(() -> world.openSparse("disk", SIZE));
    LogLimits limits = TestLog.LIMITS;
    ResourceConfig config =
        new ResourceConfig(
            "r",
            List.of(new VolumeConfig(disk, WriteCache.DURABLE)),
            TestLog.config(limits, false));
    ids += 1000;
    Seams seams = TestLog.seams(world, world.await(world::openStore), ids);
    return world.await(() ->
        LoggedResource.open(config, seams, ResourceListener.NONE, succession)
            .orElse(cause -> Async.failedAfter(disk.close(), cause)));
  }

  private VolumeCompletion told(String what) {
    return new VolumeCompletion() {
      @Override
      public void succeeded() {
        outcomes.add(what + " done");
      }

      @Override
      public void failed(VolumeFault fault) {
        outcomes.add(what + " " + fault);
      }
    };
  }

  private Ticket write(LoggedResource resource, String what, long offset, int bytes)
      throws IOException {
    ByteBuffer data = TestLog.payload(offset, bytes);
    return world.await(() -> Async.of(resource.volume(0).write(offset, data, true, told(what))));
  }

  private void run() {
    world.simulation().runFor(Duration.ofSeconds(2));
  }

  private void kill(Optional<CrashMode> power) {
    power.ifPresentOrElse(
        mode -> {
          world.host().disk("disk", SIZE).crashMode(mode);
          world.host().powerFail();
        },
        () -> world.host().kill());
  }

  @Test
  void whatHasBegunIsAnsweredBeforeItIsFrozenAndNothingIsAppendedThen() throws IOException {
    LoggedResource resource = open(Optional.empty());
    Async<Frozen> frozen =
        world.await(() -> {
          ByteBuffer data = TestLog.payload(0, 4096);
          var _ = resource.volume(0).write(0, data, true, told("before"));
          Async<Frozen> asked = resource.freeze();
          asked.observe(at -> outcomes.add("frozen"), cause -> outcomes.add("not frozen"));
          var _ = resource.volume(0).write(0, data, true, told("after"));
          return Async.of(asked);
        });
    run();
    assertThat(outcomes).containsExactly("before done", "frozen");
    assertThat(frozen.value().endLsn()).isEqualTo(resource.log().marks().durable());
    assertThat(frozen.value().epochId()).isEqualTo(resource.epoch().id());
    Async<Boolean> rotated = world.await(() -> Async.of(resource.rotate()));
    run();
    assertThat(rotated.isDone()).isFalse();
    assertThat(resource.log().marks().appended()).isEqualTo(frozen.value().endLsn());

    world.host().owner().execute(resource::thaw);
    run();
    assertThat(outcomes).containsExactly("before done", "frozen", "after done");
    assertThat(rotated.value()).isTrue();
  }

  @Test
  void aChangeOfWhichAPartIsInTheLogEndsBeforeItIsFrozen() throws IOException {
    LoggedResource resource = open(Optional.empty());
    Async<Frozen> frozen =
        world.await(() -> {
          ByteBuffer data = TestLog.payload(0, 12 << 20);
          var _ = resource.volume(0).write(0, data, true, told("long"));
          var _ = resource.volume(0).write(0, TestLog.payload(0, 512), true, told("next"));
          return Async.of(resource.freeze());
        });
    assertThat(frozen.isDone()).isFalse();
    run();
    assertThat(frozen.isDone()).isTrue();
    assertThat(outcomes).containsExactly("long done");
  }

  @Test
  void whoeverIsThawedBeforeItIsFrozenSaysSo() throws IOException {
    LoggedResource resource = open(Optional.empty());
    Async<Frozen> first =
        world.await(() -> {
          var _ = resource.volume(0).write(0, TestLog.payload(0, 512), true, told("write"));
          Async<Frozen> asked = resource.freeze();
          resource.thaw();
          return Async.of(asked);
        });
    assertThat(first.failure().orElseThrow()).hasMessageContaining("goes on");
    run();
    assertThat(outcomes).containsExactly("write done");
    assertThatIOException().isThrownBy(() -> world.await(resource::cede));
    world.await(resource::freeze);
    world.await(resource::cede);
  }

  @Test
  void whatWaitsCanBeTakenBack() throws IOException {
    LoggedResource resource = open(Optional.empty());
    world.await(resource::freeze);
    Ticket ticket = write(resource, "write", 0, 512);
    assertThat(world.await(() -> Async.of(ticket.cancel()))).isTrue();
    world.host().owner().execute(resource::thaw);
    run();
    assertThat(outcomes).isEmpty();
  }

  @Test
  void whoHasCededDoesNothingAnyMoreAndReadsThatHaveBegunEnd() throws IOException {
    LoggedResource resource = open(Optional.empty());
    var _ = write(resource, "first", 0, 4096);
    Frozen frozen = world.await(resource::freeze);
    Async<Void> ceded =
        world.await(() -> {
          ByteBuffer into = ByteBuffer.allocateDirect(4096);
          var _ = resource.volume(0).write(0, into, true, told("held"));
          resource.volume(0).read(0, into.duplicate(), told("read"));
          Async<Void> asked = resource.cede();
          var _ = resource.volume(0).unmap(0, 4096, told("late"));
          resource.volume(0).read(0, into.duplicate(), told("late read"));
          resource.volume(0).flush(told("flush"));
          resource.thaw();
          return Async.of(asked);
        });
    run();
    assertThat(ceded.isDone()).isTrue();
    assertThat(outcomes)
        .containsExactlyInAnyOrder(
            "first done",
            "held MOVED",
            "read done",
            "late MOVED",
            "late read MOVED",
            "flush MOVED");
    assertThat(resource.status().state()).isInstanceOf(ResourceState.Ceded.class);
    world.await(resource::close);
    assertThat(resource.log().marks().appended()).isEqualTo(frozen.endLsn());
    outcomes.clear();
    resource.volume(0).read(0, ByteBuffer.allocateDirect(512), told("closed"));
    run();
    assertThat(outcomes).containsExactly("closed MOVED");
  }

  @Test
  void whatIsFrozenWhenItIsClosedEndsWhereItWasSaid() throws IOException {
    LoggedResource resource = open(Optional.empty());
    var _ = write(resource, "first", 0, 4096);
    Frozen frozen = world.await(resource::freeze);
    var _ = write(resource, "held", 0, 4096);
    world.await(resource::close);
    assertThat(outcomes).containsExactly("first done", "held NOT_READY");
    LoggedResource again = open(Optional.empty());
    assertThat(again.epoch().kind()).isEqualTo(Epoch.Kind.RECOVERY);
    assertThat(again.epoch().startLsn()).isEqualTo(frozen.endLsn());
  }

  @Test
  void aLogThatHasStoppedIsNotFrozen() throws IOException {
    LoggedResource resource = open(Optional.empty());
    var directory = world.host().directory("store");
    directory.files().stream()
        .filter(name -> name.startsWith("log-"))
        .forEach(name -> directory.medium(name).faults().chance(Fault.WRITE_ERROR, 1));
    Async<Frozen> frozen =
        world.await(() -> {
          var _ = resource.volume(0).write(0, TestLog.payload(0, 512), true, told("write"));
          return Async.of(resource.freeze());
        });
    run();
    assertThat(frozen.failure()).isPresent();
    assertThatIOException().isThrownBy(() -> world.await(resource::freeze));
    assertThatIOException().isThrownBy(() -> world.await(resource::cede));
  }

  @Test
  void aSuccessorBeginsTheEpochThatWasAgreedAndOnlyOnce() throws IOException {
    LoggedResource first = open(Optional.empty());
    var _ = write(first, "first", 0, 4096);
    run();
    long end = first.log().marks().durable();
    kill(Optional.of(CrashMode.NOTHING));
    Epoch begun = open(Optional.of(HANDOVER)).epoch();
    assertThat(begun)
        .isEqualTo(
            new Epoch(
                42,
                HANDOVER.epochId(),
                Epoch.Kind.HANDOVER,
                end,
                new Epoch.Parent(first.epoch().id(), end)));
    kill(Optional.of(CrashMode.NOTHING));
    LoggedResource again = open(Optional.of(HANDOVER));
    assertThat(again.epoch().kind()).isEqualTo(Epoch.Kind.RECOVERY);
    assertThat(again.epoch().parent().id()).isEqualTo(HANDOVER.epochId());
    assertThat(again.epoch().number()).isEqualTo(43);
    kill(Optional.empty());
    Succession forced = new Succession(Epoch.Kind.FORCED, new UUID(0x50, 5), 7);
    Epoch third = open(Optional.of(forced)).epoch();
    assertThat(third.kind()).isEqualTo(Epoch.Kind.FORCED);
    assertThat(third.number()).isEqualTo(44);
  }

  @Test
  void whoSucceedsToNobodyCreatesNothing() {
    assertThatIOException()
        .isThrownBy(() -> open(Optional.of(HANDOVER)))
        .withMessageContaining("no resource");
    assertThatIOException()
        .isThrownBy(() -> open(Optional.of(HANDOVER)))
        .withMessageContaining("no resource");
  }

  /** However often it crashes while it begins, what begins in the end is what was agreed. */
  @Test
  void everyEventOfASuccessionIsACrashPoint() throws IOException {
    for (CrashMode mode : CrashMode.values()) {
      for (long crash = 0; crash < 120; crash += 3) {
        FreezingTest life = new FreezingTest();
        life.succeedWithCrashes(mode, crash);
      }
    }
  }

  private void succeedWithCrashes(CrashMode mode, long events) throws IOException {
    LoggedResource first = open(Optional.empty());
    var _ = write(first, "first", 0, 4096);
    run();
    kill(Optional.of(mode));
    for (int attempt = 0; attempt < 3; attempt++) {
      begin();
      world.simulation().runSteps(events + attempt);
      var directory = world.host().directory("store");
      directory.files().forEach(file -> directory.medium(file).crashMode(mode));
      kill(Optional.of(mode));
    }
    LoggedResource last = open(Optional.of(HANDOVER));
    List<Epoch> agreed =
        last.readableLog().lineage().epochs().stream()
            .filter(epoch -> epoch.id().equals(HANDOVER.epochId()))
            .toList();
    assertThat(agreed).hasSize(1);
    assertThat(agreed.getFirst().parent().id()).isEqualTo(first.epoch().id());
  }

  private void begin() {
    world
        .host()
        .owner()
        .execute(() ->
            world
                .openSparse("disk", SIZE)
                .then(disk -> {
                  ResourceConfig config =
                      new ResourceConfig(
                          "r",
                          List.of(new VolumeConfig(disk, WriteCache.DURABLE)),
                          TestLog.config(TestLog.LIMITS, false));
                  ids += 1000;
                  return world
                      .openStore()
                      .then(store ->
                          LoggedResource.open(
                              config,
                              TestLog.seams(world, store, ids),
                              ResourceListener.NONE,
                              Optional.of(HANDOVER)));
                })
                .observe(done -> {}, cause -> outcomes.add(cause.getMessage())));
  }
}
