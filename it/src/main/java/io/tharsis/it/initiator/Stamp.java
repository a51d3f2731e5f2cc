package io.tharsis.it.initiator;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * What a test writes into a block so that the block tells later which write it came from: volume,
 * LBA and sequence number in every 64-byte line, each mixed with its position. A block that was
 * torn, misdirected or rotten has no stamp. An immutable value.
 *
 * @param volume which volume, or which run, wrote it
 * @param lba where it was written to
 * @param sequence which write wrote it, above zero
 */
public record Stamp(long volume, long lba, long sequence) {

  private static final int LINE_BYTES = 64;
  private static final long MAGIC = 0x7468_6172_7369_7331L;
  private static final ValueLayout.OfLong LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  public Stamp {
    if (sequence <= 0) {
      throw new IllegalArgumentException("a sequence number above zero, not " + sequence);
    }
  }

  /** Fills a whole block, whose length is a multiple of 64 bytes. */
  public void fill(MemorySegment block) {
    requireLines(block);
    for (long at = 0; at < block.byteSize(); at += LINE_BYTES) {
      block.set(LONG, at, MAGIC);
      block.set(LONG, at + 8, volume);
      block.set(LONG, at + 16, lba);
      block.set(LONG, at + 24, sequence);
      for (int word = 4; word < 8; word++) {
        block.set(LONG, at + 8L * word, filler(at + word));
      }
    }
  }

  /** The stamp of a block, where every byte of the block agrees with it. */
  public static Optional<Stamp> read(MemorySegment block) {
    requireLines(block);
    long sequence = block.get(LONG, 24);
    if (block.get(LONG, 0) != MAGIC || sequence <= 0) {
      return Optional.empty();
    }
    Stamp stamp = new Stamp(block.get(LONG, 8), block.get(LONG, 16), sequence);
    return stamp.explains(block) ? Optional.of(stamp) : Optional.empty();
  }

  private boolean explains(MemorySegment block) {
    for (long at = 0; at < block.byteSize(); at += LINE_BYTES) {
      boolean same =
          block.get(LONG, at) == MAGIC
              && block.get(LONG, at + 8) == volume
              && block.get(LONG, at + 16) == lba
              && block.get(LONG, at + 24) == sequence;
      for (int word = 4; same && word < 8; word++) {
        same = block.get(LONG, at + 8L * word) == filler(at + word);
      }
      if (!same) {
        return false;
      }
    }
    return true;
  }

  private long filler(long position) {
    long mixed = (volume * 31 + lba) * 31 + sequence + position * 0x9e37_79b9_7f4a_7c15L;
    mixed = (mixed ^ mixed >>> 32) * 0xd6e8_feb8_6659_fd93L;
    return mixed ^ mixed >>> 32;
  }

  private static void requireLines(MemorySegment block) {
    if (block.byteSize() == 0 || block.byteSize() % LINE_BYTES != 0) {
      throw new IllegalArgumentException("a block of " + block.byteSize() + " bytes");
    }
  }
}
