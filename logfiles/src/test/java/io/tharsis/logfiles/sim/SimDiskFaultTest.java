package io.tharsis.logfiles.sim;

import static io.tharsis.logfiles.seam.Durability.BUFFERED;
import static io.tharsis.logfiles.seam.Durability.DURABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.NoSpaceException;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each fault of a simulated disk really happens, once per order and not otherwise. */
class SimDiskFaultTest {

  private OneDisk rig;

  @BeforeEach
  void open() throws IOException {
    rig = new OneDisk(11);
  }

  private void fails(org.assertj.core.api.ThrowableAssert.ThrowingCallable operation) {
    assertThatIOException().isThrownBy(operation).withMessageContaining("Input/output error");
  }

  @Test
  void readsWritesSyncsAndPunchesFailOnce() throws IOException {
    rig.medium.faults().next(Fault.READ_ERROR);
    fails(() -> rig.read(0, 1));
    rig.read(0, 1);
    rig.medium.faults().next(Fault.WRITE_ERROR);
    fails(() -> rig.write(0, 8, 1, BUFFERED));
    rig.write(0, 8, 1, BUFFERED);
    rig.medium.faults().next(Fault.SYNC_ERROR);
    fails(rig::sync);
    rig.sync();
    rig.medium.faults().next(Fault.PUNCH_ERROR);
    fails(() -> rig.world.run(done -> rig.disk.punch(new Range(0, 1), done)));
    assertThat(rig.medium.faults().happened(Fault.READ_ERROR)).isEqualTo(1);
  }

  @Test
  void aFailedSyncForgetsAndTheCacheLies() throws IOException {
    rig.write(0, 64, 1, DURABLE);
    rig.write(0, 64, 2, BUFFERED);
    rig.medium.faults().next(Fault.SYNC_ERROR);
    fails(rig::sync);
    assertThat(rig.read(0, 64)).containsOnly(2);
    rig.sync(); // succeeds, as Linux does, and means nothing
    assertThat(rig.read(0, 64)).containsOnly(2);
    rig.powerFail(CrashMode.EVERYTHING);
    assertThat(rig.read(0, 64)).contains(1).contains(2);
  }

  @Test
  void whoOpensItAnewIsNotLiedTo() throws IOException {
    rig.write(0, 64, 1, DURABLE);
    rig.write(0, 64, 2, BUFFERED);
    rig.medium.faults().next(Fault.SYNC_ERROR);
    fails(rig::sync);
    rig.write(32, 32, 3, BUFFERED);
    rig.kill();
    assertThat(rig.read(0, 32)).contains(1);
    assertThat(rig.read(32, 32)).containsOnly(3);
  }

  @Test
  void aFailedDurableWriteLiesToo() throws IOException {
    rig.medium.faults().next(Fault.SYNC_ERROR);
    fails(() -> rig.write(0, 8, 2, DURABLE));
    assertThat(rig.read(0, 8)).containsOnly(2);
    rig.sync();
    rig.medium.dropCache();
    assertThat(rig.read(0, 8)).containsOnly(0);
  }

  @Test
  void aLieIsMendedByWritingAgain() throws IOException {
    rig.medium.faults().next(Fault.SYNC_ERROR);
    fails(() -> rig.write(0, 8, 2, DURABLE));
    rig.write(0, 8, 2, BUFFERED);
    rig.sync();
    rig.powerFail(CrashMode.NOTHING);
    assertThat(rig.read(0, 8)).containsOnly(2);
  }

  @Test
  void aLyingSyncMakesNothingDurable() throws IOException {
    rig.medium.faults().next(Fault.LYING_SYNC, 2);
    rig.write(0, 8, 1, DURABLE);
    rig.sync();
    rig.powerFail(CrashMode.NOTHING);
    assertThat(rig.read(0, 8)).containsOnly(0);
  }

  @Test
  void aLostWriteIsAcknowledgedAndNotThere() throws IOException {
    rig.medium.faults().next(Fault.LOST_WRITE);
    rig.write(0, 8, 1, DURABLE);
    assertThat(rig.read(0, 8)).containsOnly(0);
    assertThat(rig.medium.faults().happened(Fault.LOST_WRITE)).isEqualTo(1);
  }

  @Test
  void aMisdirectedWriteIsElsewhere() throws IOException {
    rig.medium.faults().next(Fault.MISDIRECTED_WRITE);
    rig.write(100, 8, 1, DURABLE);
    int[] numbers = rig.peek();
    assertThat(Arrays.stream(numbers).filter(n -> n == 1).count()).isEqualTo(8);
    assertThat(Arrays.copyOfRange(numbers, 100, 108))
        .isNotEqualTo(new int[] {1, 1, 1, 1, 1, 1, 1, 1});
  }

  @Test
  void rotStaysAndARottenReadDoesNot() throws IOException {
    rig.write(0, 8, 0, DURABLE);
    rig.medium.faults().next(Fault.ROTTEN_READ);
    assertThat(bits(rig.world.read(rig.disk, 0, 4096))).isEqualTo(1);
    assertThat(bits(rig.world.read(rig.disk, 0, 4096))).isZero();
    long at = rig.medium.rot(new Range(512, 1024));
    assertThat(at).isBetween(512L, 1023L);
    assertThat(bits(rig.world.read(rig.disk, at, 1))).isEqualTo(1);
    assertThat(bits(rig.world.read(rig.disk, 0, 4096))).isEqualTo(1);
  }

  private static int bits(byte[] bytes) {
    int bits = 0;
    for (byte b : bytes) {
      bits += Integer.bitCount(b & 0xff);
    }
    return bits;
  }

  @Test
  void aLatentErrorIsFoundByReadingAndMendedByWriting() throws IOException {
    rig.write(0, 8, 1, DURABLE);
    rig.medium.latentError(new Range(1000, 1001));
    fails(() -> rig.read(0, 8));
    fails(() -> rig.read(1, 1));
    rig.read(0, 1);
    rig.read(2, 6);
    rig.write(1, 1, 3, DURABLE);
    assertThat(rig.read(0, 3)).containsExactly(1, 3, 1);
  }

  @Test
  void spaceRunsOutForNewBlocksOnlyAndComesBack() throws IOException {
    rig.write(0, 8, 1, BUFFERED);
    SimSpace space = rig.world.host().space();
    space.fillAllBut(4096);
    assertThat(rig.world.await(rig.disk::freeBytes)).isEqualTo(4096);
    rig.write(8, 8, 2, BUFFERED);
    assertThatThrownBy(() -> rig.write(16, 1, 3, BUFFERED)).isInstanceOf(NoSpaceException.class);
    rig.write(0, 16, 4, BUFFERED);
    rig.world.run(done -> rig.disk.punch(new Range(0, 4096), done));
    rig.write(16, 1, 3, BUFFERED);
    assertThatThrownBy(() -> rig.write(0, 1, 3, BUFFERED)).isInstanceOf(NoSpaceException.class);
    space.removeForeign();
    rig.write(0, 1, 3, BUFFERED);
  }

  @Test
  void slowAndStuckOperationsEndLate() throws IOException {
    assertThat(nanosOfARead()).isLessThan(200_000);
    rig.medium.faults().next(Fault.SLOW);
    assertThat(nanosOfARead()).isBetween(5_000_000L, 101_000_000L);
    rig.medium.faults().next(Fault.STUCK);
    assertThat(nanosOfARead()).isGreaterThan(Duration.ofMinutes(1).toNanos());
    Duration day = Duration.ofDays(1);
    rig.medium.latency(new SimLatency(day, day));
    assertThat(nanosOfARead()).isGreaterThanOrEqualTo(day.toNanos());
  }

  private long nanosOfARead() throws IOException {
    long begun = rig.world.simulation().nowNanos();
    rig.read(0, 1);
    return rig.world.simulation().nowNanos() - begun;
  }

  @Test
  void nothingEndsWhileTheDiskIsHeldUp() throws IOException {
    rig.medium.stick();
    rig.begin(0, OneDisk.sectors(1, 1), DURABLE);
    rig.world.simulation().runFor(Duration.ofDays(1));
    assertThat(rig.peek()[0]).isZero();
    rig.medium.unstick();
    rig.world.simulation().runUntilIdle(10);
    assertThat(rig.read(0, 1)).containsExactly(1);
  }

  @Test
  void aBufferThatChangesDuringAWriteFailsTheRun() {
    ByteBuffer buffer = OneDisk.sectors(1, 1);
    rig.begin(0, buffer, BUFFERED);
    rig.world.simulation().runSteps(1);
    buffer.put(0, (byte) 2);
    assertThatThrownBy(() -> rig.world.simulation().runUntilIdle(10))
        .isInstanceOf(Simulation.Failure.class)
        .hasMessageContaining("seed 11")
        .hasMessageContaining("buffer changed");
  }

  @Test
  void theCheckOfBuffersCanBeSwitchedOff() {
    rig.medium.checkBuffers(false);
    ByteBuffer buffer = OneDisk.sectors(1, 1);
    rig.begin(0, buffer, BUFFERED);
    rig.world.simulation().runSteps(1);
    buffer.put(0, (byte) 2);
    assertThatCode(() -> rig.world.simulation().runUntilIdle(10)).doesNotThrowAnyException();
  }

  @Test
  void faultsByChanceHappenAboutAsOftenAndStop() throws IOException {
    rig.medium.faults().chance(Fault.LOST_WRITE, 0.5);
    for (int i = 0; i < 100; i++) {
      rig.write(i, 1, 1, DURABLE);
    }
    int lost = rig.medium.faults().happened(Fault.LOST_WRITE);
    assertThat(lost).isBetween(30, 70);
    assertThat(rig.read(0, 100)).contains(0).contains(1);
    rig.medium.faults().heal();
    rig.write(0, 100, 2, DURABLE);
    assertThat(rig.read(0, 100)).containsOnly(2);
    assertThat(rig.medium.faults().happened(Fault.LOST_WRITE)).isEqualTo(lost);
  }
}
