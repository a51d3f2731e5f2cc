package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.seam.Invariant;
import java.util.Arrays;

/**
 * One run of neighbouring entries of an {@link Overlay}: start, length and tag (LSN and kind) in
 * parallel arrays, ascending and disjoint. Owned by its overlay, which decides when it splits and
 * merges; the leaf only keeps its arrays close to what it holds (they grow and shrink in quanta of
 * a sixteenth of the limit, never more than two of them spare).
 */
final class OverlayLeaf {

  /** Bytes of the three arrays per slot. */
  static final int SLOT_BYTES = Long.BYTES + Long.BYTES + Integer.BYTES;

  /** Bytes of this object and of the headers of its arrays. */
  static final int FIXED_BYTES = 40 + 3 * 16;

  private static final int SECTOR_SHIFT = 9;

  private final int limit;
  private int count;
  private long[] starts;
  private long[] tags;
  private int[] sectors;

  /** An empty leaf for at most {@code limit} entries. */
  OverlayLeaf(int limit) {
    this.limit = limit;
    int slots = quantum();
    starts = new long[slots];
    tags = new long[slots];
    sectors = new int[slots];
  }

  /** The position of the last key not above {@code x} among the first {@code count}, or -1. */
  static int floor(long[] keys, int count, long x) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (keys[middle] <= x) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  int count() {
    return count;
  }

  int slots() {
    return starts.length;
  }

  boolean isFull() {
    return count == limit;
  }

  /** The last entry that starts at or before {@code x}, or -1. */
  int floor(long x) {
    return floor(starts, count, x);
  }

  long start(int index) {
    return starts[index];
  }

  long end(int index) {
    return starts[index] + ((long) sectors[index] << SECTOR_SHIFT);
  }

  long tag(int index) {
    return tags[index];
  }

  void retag(int index, long tag) {
    tags[index] = tag;
  }

  /** Cuts an entry off at {@code end}, which lies inside it. */
  void shorten(int index, long end) {
    sectors[index] = toSectors(starts[index], end);
  }

  /** Inserts an entry before {@code index}; the leaf is not full. Returns the slots it grew by. */
  int insert(int index, long start, long end, long tag) {
    Invariant.check(count < limit, "room in an overlay leaf", count, limit);
    int grown = 0;
    if (count == starts.length) {
      grown = resize(count + 1);
    }
    int behind = count - index;
    System.arraycopy(starts, index, starts, index + 1, behind);
    System.arraycopy(tags, index, tags, index + 1, behind);
    System.arraycopy(sectors, index, sectors, index + 1, behind);
    starts[index] = start;
    tags[index] = tag;
    sectors[index] = toSectors(start, end);
    count++;
    return grown;
  }

  /** Removes the entries that start in [from, to) with a tag below {@code beforeTag}. */
  void removeOlder(long from, long to, long beforeTag) {
    int first = floor(from - 1) + 1;
    int end = floor(to - 1) + 1;
    int kept = first;
    for (int i = first; i < end; i++) {
      if (tags[i] >= beforeTag) {
        starts[kept] = starts[i];
        tags[kept] = tags[i];
        sectors[kept] = sectors[i];
        kept++;
      }
    }
    close(kept, end);
  }

  /** Removes one entry. */
  void remove(int index) {
    close(index, index + 1);
  }

  private void close(int from, int to) {
    if (from == to) {
      return;
    }
    int behind = count - to;
    System.arraycopy(starts, to, starts, from, behind);
    System.arraycopy(tags, to, tags, from, behind);
    System.arraycopy(sectors, to, sectors, from, behind);
    count = from + behind;
    trim();
  }

  /** Moves the entries from {@code index} on into a new leaf. */
  OverlayLeaf splitOff(int index) {
    OverlayLeaf right = new OverlayLeaf(limit);
    right.copyIn(this, index);
    count = index;
    trim();
    return right;
  }

  /** Adds all entries of the leaf behind this one. */
  void append(OverlayLeaf next) {
    copyIn(next, 0);
  }

  private void copyIn(OverlayLeaf from, int index) {
    int added = from.count - index;
    Invariant.check(count + added <= limit, "entries in an overlay leaf", count, added);
    if (count + added > starts.length) {
      resize(count + added);
    }
    System.arraycopy(from.starts, index, starts, count, added);
    System.arraycopy(from.tags, index, tags, count, added);
    System.arraycopy(from.sectors, index, sectors, count, added);
    count += added;
  }

  private void trim() {
    if (starts.length - count > 2 * quantum()) {
      resize(count);
    }
  }

  /** Gives the arrays the fewest quanta that hold {@code needed}; returns the slots grown by. */
  private int resize(int needed) {
    int quantum = quantum();
    int slots = Math.min(limit, (needed + quantum - 1) / quantum * quantum);
    int grown = slots - starts.length;
    starts = Arrays.copyOf(starts, slots);
    tags = Arrays.copyOf(tags, slots);
    sectors = Arrays.copyOf(sectors, slots);
    return grown;
  }

  private int quantum() {
    return Math.max(1, limit >> 4);
  }

  private static int toSectors(long start, long end) {
    return (int) ((end - start) >> SECTOR_SHIFT);
  }
}
