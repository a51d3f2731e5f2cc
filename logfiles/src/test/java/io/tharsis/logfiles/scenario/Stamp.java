package io.tharsis.logfiles.scenario;

import java.nio.ByteBuffer;

/**
 * What a block of test data looks like: the sequence number of the change that wrote it and its
 * place, and a pattern of both in every other word, so that a torn, shifted, flipped or foreign
 * block is told apart from every whole one.
 */
final class Stamp {

  /** Bytes of a block. */
  static final int BYTES = 512;

  /** What {@link #read} says of a block that nobody can have written. */
  static final long GARBAGE = -1;

  private static final int WORDS = BYTES / Long.BYTES;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private Stamp() {}

  /** Writes the block at index {@code at}. */
  static void write(ByteBuffer into, int at, int cell, long sequence) {
    long pattern = pattern(cell, sequence);
    into.putLong(at, sequence);
    for (int word = 1; word < WORDS; word++) {
      into.putLong(at + word * Long.BYTES, pattern + word);
    }
  }

  /** The sequence number in the block at index {@code at}, 0 if it is all zeros. */
  static long read(ByteBuffer from, int at, int cell) {
    long sequence = from.getLong(at);
    long pattern = pattern(cell, sequence);
    for (int word = 1; word < WORDS; word++) {
      long expected = sequence == 0 ? 0 : pattern + word;
      if (from.getLong(at + word * Long.BYTES) != expected) {
        return GARBAGE;
      }
    }
    return sequence < 0 ? GARBAGE : sequence;
  }

  private static long pattern(int cell, long sequence) {
    return (sequence * GOLDEN) ^ ((long) cell << 32) ^ GOLDEN;
  }
}
