package io.tharsis.it.initiator;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class StampTest {

  private static final int BLOCK = 512;

  @Test
  void aBlockTellsWhichWriteItCameFrom() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(BLOCK);
      Stamp stamp = new Stamp(-3, 1L << 40, Long.MAX_VALUE);
      stamp.fill(block);
      assertThat(Stamp.read(block)).contains(stamp);
    }
  }

  @Test
  void anyChangedByteTakesTheStampAway() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(BLOCK);
      for (int at = 0; at < BLOCK; at++) {
        new Stamp(1, 2, 3).fill(block);
        byte before = block.get(ValueLayout.JAVA_BYTE, at);
        block.set(ValueLayout.JAVA_BYTE, at, (byte) (before ^ 0x40));
        assertThat(Stamp.read(block)).as("byte %d changed", at).isEmpty();
      }
    }
  }

  @Test
  void aBlockTornBetweenTwoWritesHasNoStamp() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(BLOCK);
      new Stamp(1, 2, 3).fill(block);
      MemorySegment newer = arena.allocate(BLOCK);
      new Stamp(1, 2, 4).fill(newer);
      block.asSlice(0, 256).copyFrom(newer.asSlice(0, 256));
      assertThat(Stamp.read(block)).isEmpty();
      assertThat(Stamp.read(arena.allocate(BLOCK))).as("zeros").isEmpty();
    }
  }
}
