package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.sim.CrashMode;
import io.tharsis.logfiles.sim.Fault;
import io.tharsis.logfiles.sim.SimMedium;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The checkpoint survives whatever happens to one update of it. */
final class CheckpointFileTest {

  private static final UUID RESOURCE = new UUID(1, 2);
  private static final UUID EPOCH = new UUID(3, 4);

  private final SimWorld world = new SimWorld(17);
  private final SimMedium medium = world.host().disk("checkpoint", Checkpoint.SLOTS_BYTES);

  private Disk open() throws IOException {
    return world.await(() -> world.openSparse("checkpoint", Checkpoint.SLOTS_BYTES));
  }

  private CheckpointFile create() throws IOException {
    Disk disk = open();
    return world.await(() ->
        CheckpointFile.create(
            disk, new Checkpoint(RESOURCE, 1, at(0), List.of(TestLog.DISK), List.of())));
  }

  private static Checkpoint.Progress at(long lsn) {
    return new Checkpoint.Progress(lsn, lsn, 1, EPOCH);
  }

  private long reread() throws IOException {
    world.host().kill();
    Disk disk = open();
    return lsn(world.await(() -> CheckpointFile.read(disk)).orElseThrow());
  }

  private static long lsn(CheckpointFile file) {
    return file.inForce().progress().checkpointLsn();
  }

  @Test
  void nothingIsThereBeforeTheFirst() throws IOException {
    Disk disk = open();
    assertThat(world.await(() -> CheckpointFile.read(disk))).isEqualTo(Optional.empty());
  }

  @Test
  void updatesTakeTurnsAndTheNewestIsInForce() throws IOException {
    CheckpointFile file = create();
    for (int i = 1; i <= 5; i++) {
      byte[] before = medium.peek(new Range(0, Checkpoint.SLOTS_BYTES));
      long lsn = i * 64L;
      int other = file.inForce().slot().offset(Checkpoint.BYTES);
      world.await(() -> file.update(at(lsn), List.of()));
      byte[] after = medium.peek(new Range(0, Checkpoint.SLOTS_BYTES));
      assertThat(Arrays.copyOfRange(after, other, other + 4096))
          .isEqualTo(Arrays.copyOfRange(before, other, other + 4096));
      assertThat(lsn(file)).isEqualTo(lsn);
    }
    assertThat(reread()).isEqualTo(320);
  }

  @Test
  void aTornUpdateKeepsTheOlder() throws IOException {
    int older = 0;
    for (int seed = 0; seed < 60; seed++) {
      SimWorld torn = new SimWorld(seed);
      SimMedium slots = torn.host().disk("checkpoint", Checkpoint.SLOTS_BYTES);
      Disk disk = torn.await(() -> torn.openSparse("checkpoint", Checkpoint.SLOTS_BYTES));
      Checkpoint first = new Checkpoint(RESOURCE, 1, at(0), List.of(TestLog.DISK), List.of());
      CheckpointFile file = torn.await(() -> CheckpointFile.create(disk, first));
      torn.await(() -> file.update(at(64), List.of()));
      torn.owner().execute(() -> file.update(at(128), List.of()).observe(done -> {}, c -> {}));
      torn.simulation().runSteps(1);
      slots.crashMode(CrashMode.SECTORS);
      torn.host().powerFail();
      Disk again = torn.await(() -> torn.openSparse("checkpoint", Checkpoint.SLOTS_BYTES));
      long found = lsn(torn.await(() -> CheckpointFile.read(again)).orElseThrow());
      assertThat(found).as("seed %d", seed).isIn(64L, 128L);
      older += found == 64 ? 1 : 0;
    }
    assertThat(older).isBetween(1, 59);
  }

  @Test
  void aFailedUpdateIsRepeatedInTheSameSlot() throws IOException {
    CheckpointFile file = create();
    world.await(() -> file.update(at(64), List.of()));
    medium.faults().next(Fault.WRITE_ERROR, 2);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> world.await(() -> file.update(at(128), List.of())))
          .isInstanceOf(IOException.class);
      assertThat(lsn(file)).isEqualTo(64);
      assertThat(file.inForce().sequence()).isEqualTo(2);
    }
    world.await(() -> file.update(at(192), List.of()));
    assertThat(file.inForce().sequence()).isEqualTo(3);
    assertThat(reread()).isEqualTo(192);
  }

  /** What a failed update left must not win over what was decided later. */
  @Test
  void whatAFailedUpdateLeftIsOverwritten() throws IOException {
    CheckpointFile file = create();
    medium.faults().next(Fault.SYNC_ERROR);
    assertThatThrownBy(() -> world.await(() -> file.update(at(128), List.of())))
        .isInstanceOf(IOException.class);
    world.await(() -> file.update(at(64), List.of()));
    assertThat(reread()).isEqualTo(64);
  }

  @Test
  void bothSlotsRottenIsARefusal() throws IOException {
    CheckpointFile file = create();
    world.await(() -> file.update(at(64), List.of()));
    world.await(file::close);
    medium.dropCache();
    medium.rot(new Range(40, 48));
    assertThat(reread()).isZero();
    world.host().kill();
    medium.dropCache();
    medium.rot(new Range(4096 + 40, 4096 + 48));
    assertThatThrownBy(this::reread)
        .isInstanceOfSatisfying(
            LogDamage.class,
            damage -> assertThat(damage.code()).isEqualTo(LogDamage.Code.CHECKPOINT_DAMAGED));
  }
}
