package io.tharsis.logfiles.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Range;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegionSetTest {

  private static final long REGION = RegionSet.REGION_BYTES;

  private record Run(long from, long to) {}

  private static List<Run> runs(RegionSet set) {
    List<Run> runs = new ArrayList<>();
    set.runs((from, to) -> runs.add(new Run(from, to)));
    return runs;
  }

  private static List<Run> runs(BitSet model) {
    List<Run> runs = new ArrayList<>();
    for (int from = model.nextSetBit(0); from >= 0; ) {
      int to = model.nextClearBit(from);
      runs.add(new Run(from * REGION, to * REGION));
      from = model.nextSetBit(to);
    }
    return runs;
  }

  private static RegionSet coded(RegionSet set, int maxRuns) throws FormatException {
    try (Scratch scratch = new Scratch(Summary.MAX_BYTES)) {
      set.encode(scratch, maxRuns);
      return RegionSet.decode(scratch);
    }
  }

  @Test
  void agreesWithABitmapOfEverything() throws FormatException {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      RegionSet set = new RegionSet();
      BitSet model = new BitSet();
      for (int i = random.nextInt(400); i > 0; i--) {
        long offset = random.nextLong(20_000 * REGION);
        long length = random.nextLong(REGION << random.nextInt(14));
        set.add(offset, length);
        if (length > 0) {
          model.set((int) (offset / REGION), (int) ((offset + length - 1) / REGION) + 1);
        }
      }
      assertThat(runs(set)).as("seed %d", seed).isEqualTo(runs(model));
      assertThat(runs(coded(set, Summary.MAX_RUNS))).isEqualTo(runs(model));
      assertThat(set.isEmpty()).isEqualTo(model.isEmpty());
      for (int i = 0; i < 200; i++) {
        long offset = random.nextLong(20_100 * REGION);
        assertThat(set.contains(offset)).isEqualTo(model.get((int) (offset / REGION)));
      }
    }
  }

  @Test
  void whatIsRemovedIsGoneAndNothingElse() throws FormatException {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      RegionSet set = new RegionSet(8 + random.nextInt(3), 100);
      BitSet model = new BitSet();
      model.set(0, 20_480);
      set.add(0, 20_480 * REGION);
      for (int i = random.nextInt(400); i > 0; i--) {
        long offset = random.nextLong(20_000 * REGION);
        long length = random.nextLong(REGION << random.nextInt(14));
        if (random.nextInt(4) == 0) {
          set.add(offset, length + 1);
          model.set((int) (offset / REGION), (int) ((offset + length) / REGION) + 1);
        } else {
          set.remove(offset, length);
          int from = (int) ((offset + REGION - 1) / REGION);
          int to = (int) ((offset + length) / REGION);
          model.clear(from, Math.max(from, to));
        }
        long at = random.nextLong(20_000) * REGION;
        int next = model.nextSetBit((int) (at / REGION));
        Optional<Range> first = set.firstFrom(at);
        assertThat(first.map(Range::from))
            .isEqualTo(next < 0 ? Optional.empty() : Optional.of(next * REGION));
      }
      assertThat(runs(set)).as("seed %d", seed).isEqualTo(runs(model));
      assertThat(runs(set.copy())).isEqualTo(runs(model));
      assertThat(set.count()).isEqualTo(model.cardinality());
      assertThat(runs(coded(set, Summary.MAX_RUNS))).isEqualTo(runs(model));
      set.remove(0, 30_000 * REGION);
      assertThat(set.isEmpty()).isTrue();
      assertThat(set.firstFrom(0)).isEmpty();
    }
  }

  @Test
  void whereThereIsNoRoomToRemoveMoreStaysTouched() {
    RegionSet set = new RegionSet(0, 1000);
    set.add(0, 100L << 28);
    for (long piece = 0; piece < 100; piece++) {
      set.remove(piece << 28, REGION);
    }
    assertThat(set.count()).isEqualTo(100 * 4096 - 64);
    set.remove(0, 1L << 28);
    set.remove(99L << 28, REGION);
    assertThat(set.count()).isEqualTo(99 * 4096 - 64);
  }

  @Test
  void aCopyIsIndependent() {
    RegionSet set = new RegionSet();
    set.add(0, 1);
    RegionSet copy = set.copy();
    set.freeze();
    copy.add(REGION, 1);
    copy.remove(0, REGION);
    assertThat(runs(set)).containsExactly(new Run(0, REGION));
    assertThat(runs(copy)).containsExactly(new Run(REGION, 2 * REGION));
  }

  @Test
  void unionHoldsBoth() {
    RegionSet a = new RegionSet();
    RegionSet b = new RegionSet();
    a.add(0, 1);
    b.add(REGION, 1);
    b.add(1L << 50, REGION + 1);
    a.addAll(b.freeze());
    assertThat(runs(a))
        .containsExactly(new Run(0, 2 * REGION), new Run(1L << 50, (1L << 50) + 2 * REGION));
  }

  @Test
  void theLastByteThereCanBe() throws FormatException {
    RegionSet set = new RegionSet();
    set.add(Long.MAX_VALUE - 1, 1);
    assertThat(runs(coded(set, 10)))
        .containsExactly(new Run(Long.MAX_VALUE - REGION + 1, Long.MAX_VALUE));
  }

  @Test
  void withoutRoomForBitmapsPiecesAreWhole() {
    RegionSet set = new RegionSet(1, 10);
    set.add(0, 1);
    set.add(5L << 28, 1);
    assertThat(runs(set)).containsExactly(new Run(0, REGION), new Run(5L << 28, 6L << 28));
    set.add(0, 1L << 28);
    set.add(9L << 28, 1);
    assertThat(runs(set))
        .containsExactly(
            new Run(0, 1L << 28),
            new Run(5L << 28, 6L << 28),
            new Run(9L << 28, (9L << 28) + REGION));
  }

  @Test
  void withoutRoomForPiecesEverythingIsTouched() throws FormatException {
    RegionSet set = new RegionSet(10, 2);
    set.add(0, 1);
    set.add(1L << 30, 1);
    assertThat(set.contains(1L << 40)).isFalse();
    set.add(1L << 40, 1);
    assertThat(runs(set)).containsExactly(new Run(0, Long.MAX_VALUE));
    assertThat(set.contains(12345)).isTrue();
    assertThat(runs(coded(set, 10))).containsExactly(new Run(0, Long.MAX_VALUE));
    RegionSet huge = new RegionSet();
    huge.add(0, Long.MAX_VALUE);
    assertThat(runs(huge)).containsExactly(new Run(0, Long.MAX_VALUE));
  }

  @Test
  void tooManyRunsAreJoinedAndLoseNothing() throws FormatException {
    RegionSet set = new RegionSet();
    for (long i = 0; i < 40; i++) {
      set.add((1L << i) * REGION, 1);
    }
    RegionSet coarse = coded(set, 20);
    assertThat(runs(coarse)).hasSizeBetween(10, 20);
    for (long i = 0; i < 40; i++) {
      assertThat(coarse.contains((1L << i) * REGION)).isTrue();
    }
  }

  @Test
  void frozenSetsStayAsTheyAre() {
    RegionSet set = new RegionSet().freeze();
    assertThatThrownBy(() -> set.add(0, 1)).isInstanceOf(Invariant.Broken.class);
  }

  @Test
  void runsThatCannotBeAreRefused() {
    assertRefused(1);
    assertRefused(1, 0, 0);
    assertRefused(2, 0, 1, 0, 1);
    assertRefused(1, RegionSet.ALL_REGIONS, 1);
    assertRefused(1, 1, RegionSet.ALL_REGIONS);
    assertRefused(1, Long.MAX_VALUE, Long.MAX_VALUE);
    assertRefused(Long.MAX_VALUE, 0, 1);
  }

  private static void assertRefused(long... numbers) {
    try (Scratch scratch = new Scratch(4096)) {
      for (long number : numbers) {
        scratch.putNumber(number);
      }
      assertThatThrownBy(() -> RegionSet.decode(scratch)).isInstanceOf(FormatException.class);
    }
  }
}
