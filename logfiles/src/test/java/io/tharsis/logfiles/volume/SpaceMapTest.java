package io.tharsis.logfiles.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Range;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The space map against an array with the state of every block. */
final class SpaceMapTest {

  private static final int BLOCK = SpaceMap.BLOCK_BYTES;

  private enum State {
    FREE,
    RESERVED,
    ALLOCATED
  }

  /** The state of each block in an array, and the rules one block at a time. */
  private static final class Model {
    private final long sizeBytes;
    private final State[] states;

    Model(long sizeBytes) {
      this.sizeBytes = sizeBytes;
      states = new State[(int) ((sizeBytes + BLOCK - 1) / BLOCK)];
      Arrays.fill(states, State.FREE);
    }

    long move(long from, long to, State was, State becomes) {
      long moved = 0;
      for (int i = (int) (from / BLOCK); (long) i * BLOCK < to; i++) {
        if (states[i] == was) {
          states[i] = becomes;
          moved += BLOCK;
        }
      }
      return moved;
    }

    void freeInside(long from, long to) {
      for (int i = 0; i < states.length; i++) {
        long end = Math.min(sizeBytes, (i + 1L) * BLOCK);
        if (from <= (long) i * BLOCK && end <= to && states[i] == State.ALLOCATED) {
          states[i] = State.FREE;
        }
      }
    }

    long bytes(State state) {
      return Arrays.stream(states).filter(s -> s == state).count() * BLOCK;
    }
  }

  @ParameterizedTest
  @ValueSource(
      longs = {512, 3 * 4096, 64 * 4096, 300 * 4096 + 1536, 134217728L * 2 + 5 * 4096 + 512})
  void countsWhatTheModelCounts(long sizeBytes) {
    boolean large = sizeBytes > 1 << 24;
    for (long seed = 1; seed <= (large ? 1 : 8); seed++) {
      Random random = new Random(seed);
      SpaceMap map = new SpaceMap(sizeBytes);
      Model model = new Model(sizeBytes);
      for (int i = 0; i < (large ? 400 : 3000); i++) {
        step(random, map, model, sizeBytes);
        assertThat(map.reservedBytes()).isEqualTo(model.bytes(State.RESERVED));
        assertThat(map.allocatedBytes()).isEqualTo(model.bytes(State.ALLOCATED));
      }
    }
  }

  private static void step(Random random, SpaceMap map, Model model, long sizeBytes) {
    long sectors = sizeBytes / 512;
    long first = random.nextInt(4) == 0 ? 0 : random.nextLong(sectors);
    long room = sectors - first;
    long length = 1 + random.nextLong(random.nextInt(3) == 0 ? room : Math.min(room, 40));
    long from = first * 512;
    long to = (first + length) * 512;
    switch (random.nextInt(6)) {
      case 0 -> {
        map.markAllocated(new Range(from, to));
        model.move(from, to, State.FREE, State.ALLOCATED);
        model.move(from, to, State.RESERVED, State.ALLOCATED);
      }
      case 1 -> {
        map.markFree(new Range(from, to));
        model.freeInside(from, to);
      }
      case 2 -> {
        long given = model.move(from, to, State.RESERVED, State.ALLOCATED);
        model.move(from, to, State.FREE, State.ALLOCATED);
        assertThat(map.applied(from, to)).isEqualTo(given);
      }
      case 3 -> {
        long given = model.move(from, to, State.RESERVED, State.FREE);
        model.freeInside(from, to);
        assertThat(map.punched(from, to)).isEqualTo(given);
      }
      default -> {
        long wanted = map.wouldReserve(from, to);
        assertThat(map.reserve(from, to)).isEqualTo(wanted);
        assertThat(model.move(from, to, State.FREE, State.RESERVED)).isEqualTo(wanted);
        assertThat(map.reserve(from, to)).isZero();
      }
    }
  }

  @Test
  void reservesABlockOnceAndGivesItBackOnce() {
    SpaceMap map = new SpaceMap(1 << 20);
    map.markAllocated(new Range(8192, 12288));
    assertThat(map.wouldReserve(512, 12288)).isEqualTo(8192);
    assertThat(map.reserve(512, 12288)).isEqualTo(8192);
    assertThat(map.reserve(0, 4096)).isZero();
    assertThat(map.applied(1024, 1536)).isEqualTo(4096);
    assertThat(map.reservedBytes()).isEqualTo(4096);
    assertThat(map.applied(0, 8192)).isEqualTo(4096);
    assertThat(map.reservedBytes()).isZero();
  }

  @Test
  void reservesAgainWhatANewerWriteNeedsAfterAPunch() {
    SpaceMap map = new SpaceMap(1 << 20);
    Overlay overlay = new Overlay();
    map.markAllocated(new Range(0, 16384));
    overlay.put(0, 16384, 64, Overlay.Kind.ZERO);
    assertThat(map.reserve(4608, 5120)).as("it has space when it is acknowledged").isZero();
    overlay.put(4608, 5120, 128, Overlay.Kind.DATA);
    overlay.put(8192, 12288, 192, Overlay.Kind.ZERO);

    overlay.forgetBefore(128);
    assertThat(map.punched(0, 16384)).isZero();
    assertThat(map.reservePending(0, 16384, overlay)).isEqualTo(4096);
    assertThat(map.reservePending(0, 16384, overlay)).isZero();
    assertThat(map.applied(4608, 5120)).isEqualTo(4096);
  }

  @Test
  void reservesAgainForTheOtherHalfOfABlockPunchedInPart() {
    SpaceMap map = new SpaceMap(1 << 20);
    Overlay overlay = new Overlay();
    map.reserve(0, 4096);
    overlay.put(0, 512, 64, Overlay.Kind.FILL);
    assertThat(map.punched(2048, 4096)).isEqualTo(4096);
    assertThat(map.reservePending(2048, 4096, overlay)).isEqualTo(4096);
  }

  @Test
  void costsNothingWhereEverythingIsAllocated() {
    SpaceMap map = SpaceMap.everythingAllocated();
    assertThat(map.wouldReserve(0, 1L << 50)).isZero();
    assertThat(map.reserve(0, 1L << 50)).isZero();
    assertThat(map.applied(0, 1L << 50)).isZero();
    assertThat(map.punched(0, 1L << 50)).isZero();
    assertThat(map.wouldReserve(0, 1L << 50)).isZero();
    assertThat(map.memoryBytes()).isLessThan(1024);
  }

  @Test
  void costsLittleWhereBlocksAreAlikeAndTwoBitsAtWorst() {
    long size = 1L << 40;
    SpaceMap map = new SpaceMap(size);
    assertThat(map.memoryBytes()).isLessThan(256 << 10);
    map.markAllocated(new Range(0, size));
    assertThat(map.memoryBytes()).isLessThan(256 << 10);
    map.markFree(new Range(0, size));
    long chunk = (long) SpaceMapPlane.CHUNK_BLOCKS * BLOCK;
    for (long at = 0; at < size; at += chunk) {
      map.markAllocated(new Range(at, at + BLOCK));
      map.reserve(at + BLOCK, at + 2 * BLOCK);
    }
    assertThat(map.memoryBytes()).isBetween(64L << 20, (64L << 20) * 101 / 100);
    assertThat(map.punched(0, size)).isEqualTo(size / chunk * BLOCK);
    assertThat(map.memoryBytes()).isLessThan(256 << 10);
  }

  @Test
  void refusesARangeBeyondTheDisk() {
    SpaceMap map = new SpaceMap(8192);
    assertThatThrownBy(() -> map.reserve(4096, 8704)).isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> map.punched(4096, 4096)).isInstanceOf(Invariant.Broken.class);
  }

  /** A map that has grown is as one that was as large from the beginning. */
  @ParameterizedTest
  @ValueSource(longs = {1, 63, 64, 32_767, 32_768, 32_769, 70_000})
  void aMapGrows(long blocks) {
    Random random = new Random(blocks);
    for (int round = 0; round < 20; round++) {
      SpaceMap grown = new SpaceMap(blocks * BLOCK);
      long more = blocks + random.nextLong(80_000);
      SpaceMap large = new SpaceMap(more * BLOCK);
      for (int i = random.nextInt(6); i >= 0; i--) {
        change(random, grown, large, blocks);
      }
      if (random.nextBoolean()) {
        grown.applied(0, blocks * BLOCK);
        large.applied(0, blocks * BLOCK);
      }
      grown.grow(more * BLOCK);
      for (int i = 0; i < 6; i++) {
        assertThat(grown.allocatedBytes()).isEqualTo(large.allocatedBytes());
        assertThat(grown.reservedBytes()).isEqualTo(large.reservedBytes());
        assertThat(grown.wouldReserve(0, more * BLOCK))
            .isEqualTo(large.wouldReserve(0, more * BLOCK));
        change(random, grown, large, more);
      }
    }
  }

  private static void change(Random random, SpaceMap one, SpaceMap other, long blocks) {
    long from = random.nextLong(blocks) * BLOCK;
    long to = from + (1 + random.nextLong(blocks - from / BLOCK)) * BLOCK;
    switch (random.nextInt(3)) {
      case 0 -> assertThat(one.reserve(from, to)).isEqualTo(other.reserve(from, to));
      case 1 -> assertThat(one.applied(from, to)).isEqualTo(other.applied(from, to));
      default -> assertThat(one.punched(from, to)).isEqualTo(other.punched(from, to));
    }
  }
}
