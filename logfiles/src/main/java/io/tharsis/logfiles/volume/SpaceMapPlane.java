package io.tharsis.logfiles.volume;

import java.util.Arrays;

/**
 * One bit per block of a {@link SpaceMap}, in chunks that have an array only while some but not all
 * of their bits are set. Owned by its map. Bits beyond the last block are never asked for.
 */
final class SpaceMapPlane {

  /** Blocks of one chunk: a bitmap of 4 KiB. */
  static final int CHUNK_BLOCKS = 1 << 15;

  /** Words of one chunk. */
  static final int CHUNK_WORDS = CHUNK_BLOCKS / Long.SIZE;

  private static final long[] UNIFORM = {};

  private long blocks;
  private long[][] bitmaps;
  private int[] counts;
  private long total;
  private int arrays;

  SpaceMapPlane(long blocks) {
    this.blocks = blocks;
    bitmaps = new long[chunks(blocks)][];
    counts = new int[chunks(blocks)];
    Arrays.fill(bitmaps, UNIFORM);
  }

  private static int chunks(long blocks) {
    return Math.toIntExact((blocks + CHUNK_BLOCKS - 1) / CHUNK_BLOCKS);
  }

  /** There are more blocks; the bits of the new ones are clear. */
  void grow(long more) {
    int last = counts.length - 1;
    int before = last < 0 ? 0 : size(last);
    blocks = more;
    if (last >= 0 && size(last) > before && counts[last] == before) {
      // All of its bits were set, so it had no array; now some of them are not.
      counts[last] = 0;
      setFirst(last, before);
    }
    int had = counts.length;
    bitmaps = Arrays.copyOf(bitmaps, chunks(more));
    counts = Arrays.copyOf(counts, chunks(more));
    Arrays.fill(bitmaps, had, bitmaps.length, UNIFORM);
  }

  private void setFirst(int chunk, int bits) {
    total -= bits;
    for (int at = 0; at < bits; at += Long.SIZE) {
      int count = Math.min(Long.SIZE, bits - at);
      set(chunk, at / Long.SIZE, -1L >>> (Long.SIZE - count));
    }
  }

  /** Blocks whose bit is set. */
  long total() {
    return total;
  }

  /** Heap occupied, in bytes, counted from above. */
  long memoryBytes() {
    return (long) arrays * (CHUNK_WORDS * Long.BYTES + 16) + counts.length * (8L + 4L) + 80;
  }

  /** Blocks of a chunk whose bit is set. */
  int count(int chunk) {
    return counts[chunk];
  }

  /** Blocks of a chunk: the last one may be short. */
  int size(int chunk) {
    return (int) Math.min(CHUNK_BLOCKS, blocks - (long) chunk * CHUNK_BLOCKS);
  }

  /** 64 bits of a chunk. */
  long word(int chunk, int word) {
    long[] bitmap = bitmaps[chunk];
    if (bitmap.length == 0) {
      return counts[chunk] == 0 ? 0 : -1;
    }
    return bitmap[word];
  }

  /** Sets the bits of {@code mask} in one word. */
  void set(int chunk, int word, long mask) {
    long added = mask & ~word(chunk, word);
    if (added != 0) {
      materialize(chunk)[word] |= added;
      recount(chunk, counts[chunk] + Long.bitCount(added));
    }
  }

  /** Clears the bits of {@code mask} in one word. */
  void clear(int chunk, int word, long mask) {
    long removed = mask & word(chunk, word);
    if (removed != 0) {
      materialize(chunk)[word] &= ~removed;
      recount(chunk, counts[chunk] - Long.bitCount(removed));
    }
  }

  /** Sets all bits of a chunk. */
  void setAll(int chunk) {
    recount(chunk, size(chunk));
  }

  /** Clears all bits of a chunk. */
  void clearAll(int chunk) {
    recount(chunk, 0);
  }

  private long[] materialize(int chunk) {
    if (bitmaps[chunk].length == 0) {
      long[] bitmap = new long[CHUNK_WORDS];
      Arrays.fill(bitmap, counts[chunk] == 0 ? 0 : -1);
      bitmaps[chunk] = bitmap;
      arrays++;
    }
    return bitmaps[chunk];
  }

  private void recount(int chunk, int count) {
    total += count - counts[chunk];
    counts[chunk] = count;
    if ((count == 0 || count == size(chunk)) && bitmaps[chunk].length > 0) {
      bitmaps[chunk] = UNIFORM;
      arrays--;
    }
  }
}
