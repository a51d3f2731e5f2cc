package io.tharsis.logfiles.sim;

import static io.tharsis.logfiles.seam.Durability.BUFFERED;
import static io.tharsis.logfiles.seam.Durability.DURABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a simulated disk keeps when the power fails or the process is killed. */
class SimCrashTest {

  private static final int SEEDS = 40;

  private static int kinds(int[] numbers) {
    return (int) Arrays.stream(numbers).distinct().count();
  }

  @Test
  void anUnsyncedWriteIsKeptLostOrTornBetweenSectors() throws IOException {
    int kept = 0;
    int lost = 0;
    int torn = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      OneDisk rig = new OneDisk(seed);
      rig.write(3, 8, 7, BUFFERED);
      rig.powerFail();
      int[] numbers = rig.read(3, 8);
      torn += kinds(numbers) == 2 ? 1 : 0;
      kept += kinds(numbers) == 1 && numbers[0] == 7 ? 1 : 0;
      lost += kinds(numbers) == 1 && numbers[0] == 0 ? 1 : 0;
    }
    assertThat(kept).isPositive();
    assertThat(lost).isPositive();
    assertThat(torn).isPositive();
    assertThat(kept + lost + torn).isEqualTo(SEEDS);
  }

  @ParameterizedTest
  @EnumSource
  void whatWasSyncedSurvivesEveryCrash(CrashMode mode) throws IOException {
    for (int seed = 0; seed < 10; seed++) {
      OneDisk rig = new OneDisk(seed);
      rig.write(0, 8, 1, BUFFERED);
      rig.sync();
      rig.write(8, 8, 2, DURABLE);
      rig.write(16, 8, 3, BUFFERED);
      rig.powerFail(mode);
      assertThat(rig.read(0, 8)).containsOnly(1);
      assertThat(rig.read(8, 8)).containsOnly(2);
    }
  }

  @Test
  void aDurableWriteSaysNothingAboutEarlierBufferedOnes() throws IOException {
    OneDisk rig = new OneDisk(1);
    rig.write(0, 1, 1, BUFFERED);
    rig.write(1, 1, 2, DURABLE);
    rig.powerFail(CrashMode.NOTHING);
    assertThat(rig.read(0, 2)).containsExactly(0, 2);
  }

  @Test
  void aSyncCoversOnlyWhatHadCompletedBeforeIt() throws IOException {
    int lost = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      OneDisk rig = new OneDisk(seed);
      rig.begin(0, OneDisk.sectors(1, 9), BUFFERED);
      rig.sync();
      rig.world.simulation().runUntilIdle(1000);
      rig.powerFail(CrashMode.NOTHING);
      lost += rig.read(0, 1)[0] == 0 ? 1 : 0;
    }
    assertThat(lost).isEqualTo(SEEDS);
  }

  @Test
  void everyVersionSinceTheSyncMaySurvive() throws IOException {
    TreeSet<Integer> seen = new TreeSet<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      OneDisk rig = new OneDisk(seed);
      rig.write(0, 1, 1, DURABLE);
      rig.write(0, 1, 2, BUFFERED);
      rig.write(0, 1, 3, BUFFERED);
      rig.powerFail(CrashMode.SECTORS);
      seen.add(rig.read(0, 1)[0]);
    }
    assertThat(seen).containsExactly(1, 2, 3);
  }

  @Test
  void aPrefixIsAPrefixAndReorderedWritesAreNot() throws IOException {
    int holes = 0;
    TreeSet<Integer> lengths = new TreeSet<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      for (CrashMode mode : List.of(CrashMode.PREFIX, CrashMode.WRITES)) {
        OneDisk rig = new OneDisk(seed);
        for (int i = 0; i < 10; i++) {
          rig.write(i * 2, 2, 1, BUFFERED);
        }
        rig.powerFail(mode);
        int[] numbers = rig.read(0, 20);
        int[] writes = IntStream.range(0, 10).map(i -> numbers[2 * i]).toArray();
        assertThat(IntStream.range(0, 10).map(i -> numbers[2 * i + 1]).toArray()).isEqualTo(writes);
        int length = Arrays.stream(writes).sum();
        boolean prefix = Arrays.stream(writes).limit(length).allMatch(n -> n == 1);
        if (mode == CrashMode.PREFIX) {
          assertThat(prefix).isTrue();
          lengths.add(length);
        } else {
          holes += prefix ? 0 : 1;
        }
      }
    }
    assertThat(lengths).hasSizeGreaterThan(4);
    assertThat(holes).isPositive();
  }

  @Test
  void aDurableWriteInFlightIsKeptLostOrTorn() throws IOException {
    int kept = 0;
    int lost = 0;
    int torn = 0;
    for (int seed = 0; seed < 4 * SEEDS; seed++) {
      OneDisk rig = new OneDisk(seed);
      rig.begin(0, OneDisk.sectors(8, 5), DURABLE);
      rig.world.simulation().runSteps(1);
      rig.powerFail();
      int[] numbers = rig.read(0, 8);
      torn += kinds(numbers) == 2 ? 1 : 0;
      kept += kinds(numbers) == 1 && numbers[0] == 5 ? 1 : 0;
      lost += kinds(numbers) == 1 && numbers[0] == 0 ? 1 : 0;
    }
    assertThat(kept).isPositive();
    assertThat(lost).isPositive();
    assertThat(torn).isPositive();
  }

  @Test
  void readersMeetAWriteHalfway() throws IOException {
    int halfway = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      OneDisk rig = new OneDisk(seed);
      rig.begin(0, OneDisk.sectors(8, 5), BUFFERED);
      halfway += kinds(rig.read(0, 8)) == 2 ? 1 : 0;
    }
    assertThat(halfway).isPositive();
  }

  @Test
  void anUnsyncedPunchMayBeUndone() throws IOException {
    OneDisk rig = new OneDisk(1);
    rig.write(0, 64, 4, DURABLE);
    long used = rig.world.host().space().usedBytes();
    rig.world.run(done -> rig.disk.punch(new Range(0, 32 * OneDisk.SECTOR), done));
    assertThat(rig.read(0, 32)).containsOnly(0);
    assertThat(rig.world.host().space().usedBytes()).isEqualTo(used / 2);
    rig.powerFail(CrashMode.NOTHING);
    assertThat(rig.read(0, 64)).containsOnly(4);
    assertThat(rig.world.host().space().usedBytes()).isEqualTo(used);
  }

  @Test
  void aKilledProcessLosesNothingThatHadCompleted() throws IOException {
    TreeSet<Integer> begun = new TreeSet<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      OneDisk rig = new OneDisk(seed);
      rig.write(0, 8, 1, BUFFERED);
      rig.begin(8, OneDisk.sectors(1, 2), DURABLE);
      rig.world.simulation().runSteps(1);
      rig.kill();
      assertThat(rig.read(0, 8)).containsOnly(1);
      begun.add(rig.read(8, 1)[0]);
      rig.powerFail(CrashMode.NOTHING);
      assertThat(rig.read(0, 9)).containsOnly(0);
    }
    assertThat(begun).containsExactly(0, 2);
  }

  @Test
  void theDeadHearNothing() throws IOException {
    OneDisk rig = new OneDisk(1);
    List<String> heard = new ArrayList<>();
    SimHost host = rig.world.host();
    host.clock().after(java.time.Duration.ofMillis(1), () -> heard.add("timer"));
    host.owner().execute(() -> heard.add("message"));
    SimOwner dead = host.owner();
    rig.begin(0, OneDisk.sectors(1, 1), BUFFERED);
    host.kill();
    dead.execute(() -> heard.add("late message"));
    rig.world.simulation().runUntilIdle(100);
    assertThat(heard).isEmpty();
    assertThat(dead.isAlive()).isFalse();
    assertThat(host.incarnation()).isEqualTo(2);
    host.owner().execute(() -> heard.add("next incarnation"));
    rig.world.simulation().runUntilIdle(100);
    assertThat(heard).containsExactly("next incarnation");
  }
}
