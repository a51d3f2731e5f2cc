package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.seam.Invariant;
import java.util.Arrays;

/**
 * Which log record holds the newest version of each byte range of one volume that the disk does not
 * have yet: a map from disjoint half-open ranges to locations in the log, never to data. Owned by
 * the volume, or as scratch by one run of its Applier; not safe for threads.
 *
 * <p>Ranges are in bytes, multiples of 512. LSNs are multiples of 64; the free bits carry the kind.
 *
 * <p>Entries live in leaves of parallel primitive arrays under one flat directory, which is sorted
 * by each leaf's first start. Invariants: entries are not empty, ascending and disjoint across
 * leaves; the directory's keys are exact; no leaf is empty; two neighbouring leaves never fit
 * together into seven eighths of a leaf. The last one and the small quanta the arrays grow by keep
 * an entry below 28 bytes as soon as there are a few leaves, whatever the order of operations.
 */
final class Overlay {

  /** What a range of the log holds for a range of the volume. */
  enum Kind {
    /** Bytes in the payload of a record. */
    DATA(0),
    /** Zeros without a payload, from ZERO and UNMAP. */
    ZERO(1),
    /** One block of pattern, repeated. */
    FILL(2);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** What a record of this type holds for its range. */
    static Kind of(RecordType type) {
      return switch (type) {
        case WRITE -> DATA;
        case FILL -> FILL;
        case ZERO, UNMAP -> ZERO;
        case STATE, MARK, PAD, SEAL -> throw new IllegalArgumentException(type + " has no range");
      };
    }

    /** What stands for the kind in the bits an LSN leaves free; below 64. */
    int code() {
      return code;
    }
  }

  /** Takes the pieces of a range in ascending order. It must not change the overlay. */
  interface Visitor {
    /**
     * The record at {@code lsn} holds the newest version of [from, to). One record may come as
     * several pieces, touching ones too.
     */
    void piece(long from, long to, long lsn, Kind kind);

    /** The log holds nothing of [from, to): the disk has the newest version. */
    void gap(long from, long to);
  }

  private static final int LEAF_LIMIT = 256;
  private static final int SECTOR_MASK = 511;
  private static final long LSN_MASK = -64L;
  private static final long MAX_PIECE_BYTES = 1L << 39;
  private static final long[] NO_KEYS = {};
  private static final OverlayLeaf[] NO_LEAVES = {};

  /** Kinds by their code. */
  private static final Kind[] KINDS = {Kind.DATA, Kind.ZERO, Kind.FILL};

  private final int leafLimit;
  private final int mergeLimit;
  private long[] firsts = NO_KEYS;
  private OverlayLeaf[] leaves = NO_LEAVES;
  private int leafCount;
  private long entries;
  private long slots;
  private long changes;

  /** An empty overlay. */
  Overlay() {
    this(LEAF_LIMIT);
  }

  /** An empty overlay with leaves of at most {@code leafLimit} entries, for tests of its shape. */
  Overlay(int leafLimit) {
    Invariant.check(leafLimit >= 4, "leaf limit", leafLimit);
    this.leafLimit = leafLimit;
    this.mergeLimit = leafLimit - leafLimit / 8 - 1;
  }

  /** Number of entries; a put may leave several. */
  long entries() {
    return entries;
  }

  /** Heap the overlay occupies, in bytes, counted from above. */
  long memoryBytes() {
    return slots * OverlayLeaf.SLOT_BYTES
        + (long) leafCount * OverlayLeaf.FIXED_BYTES
        + (long) firsts.length * (Long.BYTES + Long.BYTES);
  }

  /** Forgets everything and gives the memory back. */
  void clear() {
    changes++;
    firsts = NO_KEYS;
    leaves = NO_LEAVES;
    leafCount = 0;
    entries = 0;
    slots = 0;
  }

  /**
   * Makes the record at {@code lsn} the newest version of [from, to): what the range held before is
   * cut out. A record never covers a newer one (puts that overlap come in log order).
   */
  void put(long from, long to, long lsn, Kind kind) {
    checkRange(from, to);
    Invariant.check(lsn >= 0 && (lsn & ~LSN_MASK) == 0, "LSN", lsn);
    changes++;
    long tag = lsn | kind.code();
    if (putQuickly(from, to, tag)) {
      return;
    }
    remove(from, to, lsn + KINDS.length);
    Invariant.check(!intersects(from, to), "an older record over a newer one", from, lsn);
    long at = from;
    while (at < to) {
      long end = at + Math.min(to - at, MAX_PIECE_BYTES);
      insert(at, end, tag);
      at = end;
    }
  }

  /** The two common cases, a range seen before and a range untouched; false for all others. */
  private boolean putQuickly(long from, long to, long tag) {
    int d = leafAt(from);
    if (d < 0 || to - from > MAX_PIECE_BYTES) {
      return false;
    }
    OverlayLeaf leaf = leaves[d];
    int i = leaf.floor(from);
    if (leaf.start(i) == from && leaf.end(i) == to) {
      Invariant.check((leaf.tag(i) & LSN_MASK) <= tag, "an older record over a newer one", from);
      leaf.retag(i, tag);
      return true;
    }
    if (leaf.end(i) > from || startAfter(d, i) < to || leaf.isFull()) {
      return false;
    }
    slots += leaf.insert(i + 1, from, to, tag);
    entries++;
    return true;
  }

  /** Whether any byte of [from, to) is in the log. */
  boolean intersects(long from, long to) {
    checkRange(from, to);
    int d = leafAt(from);
    if (d < 0) {
      return leafCount > 0 && firsts[0] < to;
    }
    OverlayLeaf leaf = leaves[d];
    int i = leaf.floor(from);
    return leaf.end(i) > from || startAfter(d, i) < to;
  }

  /** Whether every byte of [from, to) is in the log, so that no read of the disk is needed. */
  boolean isCovered(long from, long to) {
    checkRange(from, to);
    long at = from;
    int d = leafAt(from);
    int i = d < 0 ? 0 : leaves[d].floor(from);
    while (d >= 0 && d < leafCount) {
      OverlayLeaf leaf = leaves[d];
      for (; i < leaf.count(); i++) {
        if (leaf.start(i) > at || leaf.end(i) <= at) {
          return false;
        }
        at = leaf.end(i);
        if (at >= to) {
          return true;
        }
      }
      d++;
      i = 0;
    }
    return false;
  }

  /** Shows the visitor all of [from, to), clipped to it, as pieces and the gaps between them. */
  void forEach(long from, long to, Visitor visitor) {
    checkRange(from, to);
    long changesBefore = changes;
    long at = from;
    int d = Math.max(0, leafAt(from));
    int i = d < leafCount ? Math.max(0, leaves[d].floor(from)) : 0;
    for (; d < leafCount && firsts[d] < to; d++) {
      OverlayLeaf leaf = leaves[d];
      for (; i < leaf.count() && leaf.start(i) < to; i++) {
        long end = Math.min(leaf.end(i), to);
        if (end <= at) {
          continue;
        }
        long start = Math.max(leaf.start(i), from);
        long tag = leaf.tag(i);
        if (at < start) {
          visitor.gap(at, start);
        }
        visitor.piece(start, end, tag & LSN_MASK, KINDS[(int) (tag & ~LSN_MASK)]);
        Invariant.check(changes == changesBefore, "a visitor changed the overlay", start, end);
        at = end;
      }
      i = 0;
    }
    if (at < to) {
      visitor.gap(at, to);
    }
  }

  /**
   * Forgets what lies in [from, to) and is older than {@code beforeLsn}: those versions are on the
   * disk. Newer ones stay, and so does what an entry has outside the range.
   */
  void forget(long from, long to, long beforeLsn) {
    checkRange(from, to);
    checkBefore(beforeLsn);
    changes++;
    if (!forgetQuickly(from, to, beforeLsn)) {
      remove(from, to, beforeLsn);
    }
  }

  /** The common case: exactly one entry. False for all others. */
  private boolean forgetQuickly(long from, long to, long beforeTag) {
    int d = leafAt(from);
    if (d < 0) {
      return false;
    }
    OverlayLeaf leaf = leaves[d];
    int i = leaf.floor(from);
    if (leaf.start(i) != from || leaf.end(i) != to) {
      return false;
    }
    if (leaf.tag(i) < beforeTag) {
      slots -= leaf.slots();
      leaf.remove(i);
      slots += leaf.slots();
      entries--;
      join(d, d + 1);
    }
    return true;
  }

  /** Forgets everything older than {@code beforeLsn}, in one pass. */
  void forgetBefore(long beforeLsn) {
    checkBefore(beforeLsn);
    changes++;
    sweep(0, leafCount, 0, Long.MAX_VALUE, beforeLsn);
  }

  private void remove(long from, long to, long beforeTag) {
    if (!intersects(from, to)) {
      return;
    }
    splitEntry(from, beforeTag);
    splitEntry(to, beforeTag);
    sweep(Math.max(0, leafAt(from)), leafAt(to - 1) + 1, from, to, beforeTag);
  }

  /** Makes two entries of one that is older and reaches across {@code at}. */
  private void splitEntry(long at, long beforeTag) {
    int d = leafAt(at);
    if (d < 0) {
      return;
    }
    OverlayLeaf leaf = leaves[d];
    int i = leaf.floor(at);
    long end = leaf.end(i);
    long tag = leaf.tag(i);
    if (leaf.start(i) < at && at < end && tag < beforeTag) {
      leaf.shorten(i, at);
      insert(at, end, tag);
    }
  }

  /** Removes the older entries that start in [from, to) from the leaves [low, high). */
  private void sweep(int low, int high, long from, long to, long beforeTag) {
    for (int d = low; d < high; d++) {
      OverlayLeaf leaf = leaves[d];
      slots -= leaf.slots();
      entries -= leaf.count();
      leaf.removeOlder(from, to, beforeTag);
      entries += leaf.count();
      slots += leaf.slots();
    }
    join(low, high);
  }

  /**
   * Closes up after the leaves [low, high) have changed: empty ones go, neighbours that now fit
   * together become one, the ones before and behind included. Sets the keys of all it keeps.
   */
  private void join(int low, int high) {
    int end = Math.min(leafCount, high + 1);
    int kept = low;
    for (int d = low; d < end; d++) {
      OverlayLeaf leaf = leaves[d];
      if (kept > 0 && leaves[kept - 1].count() + leaf.count() <= mergeLimit) {
        OverlayLeaf previous = leaves[kept - 1];
        slots -= previous.slots() + leaf.slots();
        previous.append(leaf);
        slots += previous.slots();
      } else if (leaf.count() == 0) {
        slots -= leaf.slots();
      } else {
        leaves[kept] = leaf;
        firsts[kept] = leaf.start(0);
        kept++;
      }
    }
    closeDirectory(kept, end);
  }

  private void insert(long start, long end, long tag) {
    if (leafCount == 0) {
      openDirectory(0, new OverlayLeaf(leafLimit));
    }
    int d = Math.max(0, leafAt(start));
    if (leaves[d].isFull()) {
      d = makeRoom(d, start);
    }
    OverlayLeaf leaf = leaves[d];
    slots += leaf.insert(leaf.floor(start) + 1, start, end, tag);
    firsts[d] = leaf.start(0);
    entries++;
  }

  /**
   * Splits the full leaf {@code d} and returns the leaf an entry at {@code start} belongs to.
   * Behind the last entry a new leaf begins, so that an ascending run leaves full ones; else the
   * halves go to neighbours that have room for them.
   */
  private int makeRoom(int d, long start) {
    OverlayLeaf leaf = leaves[d];
    boolean behind = start > leaf.start(leaf.count() - 1);
    if (behind && (d + 1 == leafCount || leaves[d + 1].count() >= mergeLimit)) {
      openDirectory(d + 1, new OverlayLeaf(leafLimit));
      return d + 1;
    }
    slots -= leaf.slots();
    OverlayLeaf right = leaf.splitOff(leaf.count() / 2);
    slots += leaf.slots();
    openDirectory(d + 1, right);
    join(d, d + 2);
    return Math.max(0, leafAt(start));
  }

  /** Puts a leaf into the directory at {@code d}; its key is the caller's to set. */
  private void openDirectory(int d, OverlayLeaf leaf) {
    if (leafCount == leaves.length) {
      resizeDirectory(leafCount + (leafCount >> 2) + 4);
    }
    System.arraycopy(leaves, d, leaves, d + 1, leafCount - d);
    System.arraycopy(firsts, d, firsts, d + 1, leafCount - d);
    leaves[d] = leaf;
    leafCount++;
    slots += leaf.slots();
  }

  /** Takes the places [from, to) out of the directory. */
  private void closeDirectory(int from, int to) {
    if (from == to) {
      return;
    }
    System.arraycopy(leaves, to, leaves, from, leafCount - to);
    System.arraycopy(firsts, to, firsts, from, leafCount - to);
    int left = leafCount - (to - from);
    Arrays.fill(leaves, left, leafCount, null);
    leafCount = left;
    if (left == 0) {
      clear();
    } else if (left < leaves.length / 4) {
      resizeDirectory(left + (left >> 2) + 4);
    }
  }

  private void resizeDirectory(int length) {
    leaves = Arrays.copyOf(leaves, length);
    firsts = Arrays.copyOf(firsts, length);
  }

  /** The leaf that holds the last entry starting at or before {@code x}, or -1. */
  private int leafAt(long x) {
    return OverlayLeaf.floor(firsts, leafCount, x);
  }

  /** Where the entry behind entry {@code i} of leaf {@code d} starts. */
  private long startAfter(int d, int i) {
    OverlayLeaf leaf = leaves[d];
    if (i + 1 < leaf.count()) {
      return leaf.start(i + 1);
    }
    return d + 1 < leafCount ? firsts[d + 1] : Long.MAX_VALUE;
  }

  private static void checkRange(long from, long to) {
    Invariant.check(
        0 <= from && from < to && ((from | to) & SECTOR_MASK) == 0, "overlay range", from, to);
  }

  private static void checkBefore(long beforeLsn) {
    Invariant.check(beforeLsn >= 0 && (beforeLsn & ~LSN_MASK) == 0, "LSN", beforeLsn);
  }

  /** Walks everything and checks the invariants of this class; for tests, linear in the entries. */
  void verify() {
    long seenEntries = 0;
    long seenSlots = 0;
    long end = 0;
    for (int d = 0; d < leafCount; d++) {
      OverlayLeaf leaf = leaves[d];
      Invariant.check(leaf.count() > 0 && leaf.count() <= leafLimit, "leaf", d, leaf.count());
      Invariant.check(firsts[d] == leaf.start(0), "directory key", d, firsts[d]);
      Invariant.check(
          d == 0 || leaves[d - 1].count() + leaf.count() > mergeLimit, "leaves to join", d);
      for (int i = 0; i < leaf.count(); i++) {
        Invariant.check(end <= leaf.start(i), "overlap", end, leaf.start(i));
        checkRange(leaf.start(i), leaf.end(i));
        end = leaf.end(i);
      }
      seenEntries += leaf.count();
      seenSlots += leaf.slots();
    }
    Invariant.check(seenEntries == entries, "entries", seenEntries, entries);
    Invariant.check(seenSlots == slots, "slots", seenSlots, slots);
    Invariant.check(entries > 0 || leaves.length == 0, "memory of an empty overlay");
  }
}
