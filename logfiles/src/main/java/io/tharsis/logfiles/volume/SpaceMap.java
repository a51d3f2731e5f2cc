package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Range;

/**
 * Which 4 KiB blocks of a volume's disk have space allocated, and which have space reserved for
 * acknowledged writes that are not applied yet. Owned by the volume; not safe for threads.
 *
 * <p>Each block is free, reserved or allocated, never two of them. A write to a free block reserves
 * it before it is acknowledged, once however often it is written; applying the write turns the
 * reservation into an allocation. A part of a block written allocates the block; only a block that
 * is punched as a whole gets free.
 *
 * <p>Two bits a block, in chunks that cost nothing while all their blocks are alike: at most 64 MiB
 * and one percent for a disk of 1 TiB.
 */
final class SpaceMap {

  /** Size of a block in bytes. */
  static final int BLOCK_BYTES = 4096;

  private static final int BLOCK_SHIFT = 12;

  private long sizeBytes;
  private final boolean everythingAllocated;
  private final SpaceMapPlane allocated;
  private final SpaceMapPlane reserved;

  /** What to do with some blocks, and how a whole chunk is done faster. Returns blocks counted. */
  private interface Step {
    int word(int chunk, int word, long mask);

    /** Blocks counted when the whole chunk could be done at once, or {@link #WORD_BY_WORD}. */
    int chunk(int chunk);
  }

  private static final int WORD_BY_WORD = -1;

  /** A disk of {@code sizeBytes} without any block allocated. */
  SpaceMap(long sizeBytes) {
    this(sizeBytes, false);
  }

  private SpaceMap(long sizeBytes, boolean everythingAllocated) {
    Invariant.check(sizeBytes >= 0, "size of a disk", sizeBytes);
    this.sizeBytes = sizeBytes;
    this.everythingAllocated = everythingAllocated;
    allocated = new SpaceMapPlane(blocks(sizeBytes));
    reserved = new SpaceMapPlane(blocks(sizeBytes));
  }

  private static long blocks(long bytes) {
    return (bytes + BLOCK_BYTES - 1) >> BLOCK_SHIFT;
  }

  /** The disk is larger; nothing of what is new is allocated. */
  void grow(long bytes) {
    if (!everythingAllocated) {
      Invariant.check(bytes >= sizeBytes, "a disk grows", sizeBytes, bytes);
      sizeBytes = bytes;
      allocated.grow(blocks(bytes));
      reserved.grow(blocks(bytes));
    }
  }

  /**
   * A disk that never needs space: a block device, or a preallocated file that is never punched.
   */
  static SpaceMap everythingAllocated() {
    return new SpaceMap(0, true);
  }

  /** Bytes of space that acknowledged writes still need. */
  long reservedBytes() {
    return reserved.total() << BLOCK_SHIFT;
  }

  /** Bytes of space known to be allocated; 0 where everything is. */
  long allocatedBytes() {
    return allocated.total() << BLOCK_SHIFT;
  }

  /** Heap the map occupies, in bytes. */
  long memoryBytes() {
    return allocated.memoryBytes() + reserved.memoryBytes();
  }

  /** The disk has space for every block the range touches. */
  void markAllocated(Range range) {
    applied(range.from(), range.to());
  }

  /** The disk has no space for the blocks that lie wholly in the range; reservations stay. */
  void markFree(Range range) {
    walkInside(range.from(), range.to(), free);
  }

  /** Bytes that {@link #reserve} of the same range would reserve now. */
  long wouldReserve(long from, long to) {
    return walkTouched(from, to, countFree);
  }

  /** Reserves the free blocks the range touches; returns the bytes newly reserved. */
  long reserve(long from, long to) {
    return walkTouched(from, to, reserveFree);
  }

  /**
   * Reserves what the writes that are still in the log need in the blocks that [from, to) touches;
   * returns the bytes newly reserved. To be called after {@link #punched}, when the overlay has
   * forgotten what was applied: a newer write may need the space that the punch has given away.
   */
  long reservePending(long from, long to, Overlay pending) {
    long before = reservedBytes();
    long first = from & -BLOCK_BYTES;
    long end = Math.min((to + BLOCK_BYTES - 1) & -BLOCK_BYTES, sizeBytes);
    if (everythingAllocated || !pending.intersects(first, end)) {
      return 0;
    }
    pending.forEach(
        first,
        end,
        new Overlay.Visitor() {
          @Override
          public void piece(long pieceFrom, long pieceTo, long lsn, Overlay.Kind kind) {
            switch (kind) {
              case DATA, FILL -> reserve(pieceFrom, pieceTo);
              case ZERO -> {}
            }
          }

          @Override
          public void gap(long gapFrom, long gapTo) {}
        });
    return reservedBytes() - before;
  }

  /**
   * The range has been written to the disk: the blocks it touches are allocated. Returns the bytes
   * given back from the reservation.
   */
  long applied(long from, long to) {
    return walkTouched(from, to, allocate);
  }

  /**
   * The range has been punched: the blocks wholly inside are free. The reservations of all blocks
   * it touches are dropped, because nothing tells here whether the write they were made for was
   * overtaken by the punch; what is still needed is reserved again by {@link #reservePending}.
   * Returns the bytes given back from the reservation.
   */
  long punched(long from, long to) {
    walkInside(from, to, free);
    return walkTouched(from, to, unreserve);
  }

  private final Step countFree =
      new Step() {
        @Override
        public int word(int chunk, int word, long mask) {
          return Long.bitCount(mask & ~allocated.word(chunk, word) & ~reserved.word(chunk, word));
        }

        @Override
        public int chunk(int chunk) {
          return allocated.size(chunk) - allocated.count(chunk) - reserved.count(chunk);
        }
      };

  private final Step reserveFree =
      new Step() {
        @Override
        public int word(int chunk, int word, long mask) {
          long wanted = mask & ~allocated.word(chunk, word) & ~reserved.word(chunk, word);
          reserved.set(chunk, word, wanted);
          return Long.bitCount(wanted);
        }

        @Override
        public int chunk(int chunk) {
          int wanted = countFree.chunk(chunk);
          if (allocated.count(chunk) == 0) {
            reserved.setAll(chunk);
            return wanted;
          }
          return wanted == 0 ? 0 : WORD_BY_WORD;
        }
      };

  private final Step allocate =
      new Step() {
        @Override
        public int word(int chunk, int word, long mask) {
          int given = unreserve.word(chunk, word, mask);
          allocated.set(chunk, word, mask);
          return given;
        }

        @Override
        public int chunk(int chunk) {
          allocated.setAll(chunk);
          return unreserve.chunk(chunk);
        }
      };

  private final Step free =
      new Step() {
        @Override
        public int word(int chunk, int word, long mask) {
          allocated.clear(chunk, word, mask);
          return 0;
        }

        @Override
        public int chunk(int chunk) {
          allocated.clearAll(chunk);
          return 0;
        }
      };

  private final Step unreserve =
      new Step() {
        @Override
        public int word(int chunk, int word, long mask) {
          int given = Long.bitCount(mask & reserved.word(chunk, word));
          reserved.clear(chunk, word, mask);
          return given;
        }

        @Override
        public int chunk(int chunk) {
          int given = reserved.count(chunk);
          reserved.clearAll(chunk);
          return given;
        }
      };

  private long walkTouched(long from, long to, Step step) {
    if (everythingAllocated) {
      return 0;
    }
    checkRange(from, to);
    return walk(from >> BLOCK_SHIFT, (to + BLOCK_BYTES - 1) >> BLOCK_SHIFT, step);
  }

  private void walkInside(long from, long to, Step step) {
    if (everythingAllocated) {
      return;
    }
    checkRange(from, to);
    long end = to == sizeBytes ? to + BLOCK_BYTES - 1 : to;
    walk((from + BLOCK_BYTES - 1) >> BLOCK_SHIFT, end >> BLOCK_SHIFT, step);
  }

  /** Takes the step for all blocks of [first, end), chunk by chunk; returns the bytes counted. */
  private static long walk(long first, long end, Step step) {
    long counted = 0;
    long at = first;
    while (at < end) {
      int chunk = (int) (at / SpaceMapPlane.CHUNK_BLOCKS);
      long base = (long) chunk * SpaceMapPlane.CHUNK_BLOCKS;
      long stop = Math.min(end, base + SpaceMapPlane.CHUNK_BLOCKS);
      int done = stop - at == SpaceMapPlane.CHUNK_BLOCKS ? step.chunk(chunk) : WORD_BY_WORD;
      if (done == WORD_BY_WORD) {
        done = words(chunk, (int) (at - base), (int) (stop - base), step);
      }
      counted += done;
      at = stop;
    }
    return counted << BLOCK_SHIFT;
  }

  private static int words(int chunk, int first, int end, Step step) {
    int counted = 0;
    int at = first;
    while (at < end) {
      int word = at / Long.SIZE;
      int stop = Math.min(end, (word + 1) * Long.SIZE);
      long mask = (-1L << at) & (-1L >>> -stop);
      counted += step.word(chunk, word, mask);
      at = stop;
    }
    return counted;
  }

  private void checkRange(long from, long to) {
    Invariant.check(0 <= from && from < to && to <= sizeBytes, "range of a disk", from, to);
  }
}
