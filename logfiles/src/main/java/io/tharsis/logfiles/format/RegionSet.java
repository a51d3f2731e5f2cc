package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Range;
import java.util.Arrays;
import java.util.Optional;

/**
 * Which 64 KiB regions of a volume were touched. Its memory has a limit; beyond, it says that more
 * was touched than really was, never less. Owned by who fills it until {@link #freeze}, a value
 * from then on.
 *
 * <p>Kept as bitmaps of 256 MiB of the volume each, in ascending order; a piece touched all over,
 * or for which there is no room, has no bitmap.
 */
public final class RegionSet {

  /** Bytes of a region. */
  public static final int REGION_BYTES = 1 << 16;

  /** Bitmaps of a set at most, half a KiB each: 2 TiB of a volume exactly. */
  public static final int MAX_BITMAPS = 8192;

  /** Pieces of a set at most, 16 bytes each: 256 TiB of a volume. */
  public static final int MAX_PIECES = 1 << 20;

  /** Regions of the largest volume there can be. */
  static final long ALL_REGIONS = 1L << 47;

  private static final int REGION_SHIFT = 16;
  private static final int PIECE_SHIFT = 12;
  private static final int PIECE_REGIONS = 1 << PIECE_SHIFT;
  private static final long[] WHOLE = {};

  /** Bitmaps beyond the limit that {@link #remove} may make, so that it gets on wherever it is. */
  private static final int BITMAPS_TO_REMOVE = 64;

  private final int maxBitmaps;
  private final int maxPieces;
  private long[] pieces = new long[16];
  private long[][] bitmaps = new long[16][];
  private int count;
  private int bitmapCount;
  private boolean everything;
  private boolean frozen;

  /** An empty set. */
  public RegionSet() {
    this(MAX_BITMAPS, MAX_PIECES);
  }

  RegionSet(int maxBitmaps, int maxPieces) {
    this.maxBitmaps = maxBitmaps;
    this.maxPieces = maxPieces;
  }

  /** Told a run of regions as bytes of the volume, {@code [from, to)}. */
  public interface Runs {
    /** The next run; runs ascend and do not touch. */
    void run(long from, long to);
  }

  /** Told a run of regions by number; may fail. */
  interface RegionRuns<E extends Exception> {
    void run(long from, long to) throws E;
  }

  /** The bytes {@code [offset, offset + lengthBytes)} of the volume were touched. */
  public void add(long offset, long lengthBytes) {
    Invariant.check(
        offset >= 0 && lengthBytes >= 0 && offset <= Long.MAX_VALUE - lengthBytes,
        "touched",
        offset,
        lengthBytes);
    if (lengthBytes > 0) {
      addRegions(offset >>> REGION_SHIFT, ((offset + lengthBytes - 1) >>> REGION_SHIFT) + 1);
    }
  }

  /** All that the other set holds was touched too. */
  public void addAll(RegionSet other) {
    other.regionRuns(1, this::addRegions);
  }

  /**
   * The regions that lie wholly in the bytes {@code [offset, offset + lengthBytes)} of the volume
   * are not touched any more. One for which there is no room to say so stays touched.
   */
  public void remove(long offset, long lengthBytes) {
    Invariant.check(!frozen, "a frozen set of regions is changed");
    Invariant.check(
        offset >= 0 && lengthBytes >= 0 && offset <= Long.MAX_VALUE - lengthBytes,
        "not touched any more",
        offset,
        lengthBytes);
    long region = (offset + REGION_BYTES - 1) >>> REGION_SHIFT;
    long to = (offset + lengthBytes) >>> REGION_SHIFT;
    while (region < to && !everything) {
      long piece = region >>> PIECE_SHIFT;
      long base = piece << PIECE_SHIFT;
      long end = Math.min(to, base + PIECE_REGIONS);
      removeFromPiece(piece, (int) (region - base), (int) (end - base));
      region = end;
    }
  }

  private void removeFromPiece(long piece, int from, int to) {
    int at = Arrays.binarySearch(pieces, 0, count, piece);
    if (at < 0) {
      return;
    }
    if (isWhole(bitmaps[at]) && to - from < PIECE_REGIONS) {
      if (bitmapCount >= maxBitmaps + BITMAPS_TO_REMOVE) {
        return;
      }
      bitmaps[at] = new long[PIECE_REGIONS / 64];
      Arrays.fill(bitmaps[at], -1L);
      bitmapCount++;
    }
    for (int bit = from; bit < to && !isWhole(bitmaps[at]); bit++) {
      bitmaps[at][bit >>> 6] &= ~(1L << bit);
    }
    if (isWhole(bitmaps[at]) || nextSet(bitmaps[at], 0) == PIECE_REGIONS) {
      bitmapCount -= isWhole(bitmaps[at]) ? 0 : 1;
      count--;
      System.arraycopy(pieces, at + 1, pieces, at, count - at);
      System.arraycopy(bitmaps, at + 1, bitmaps, at, count - at);
    }
  }

  /** The same regions, to be changed independently. */
  public RegionSet copy() {
    RegionSet copy = new RegionSet(maxBitmaps, maxPieces);
    copy.pieces = pieces.clone();
    copy.bitmaps = bitmaps.clone();
    for (int i = 0; i < count; i++) {
      copy.bitmaps[i] = isWhole(bitmaps[i]) ? WHOLE : bitmaps[i].clone();
    }
    copy.count = count;
    copy.bitmapCount = bitmapCount;
    copy.everything = everything;
    return copy;
  }

  /** Nothing can be added any more. */
  public RegionSet freeze() {
    frozen = true;
    return this;
  }

  /** Whether nothing was touched. */
  public boolean isEmpty() {
    return !everything && count == 0;
  }

  /** Whether the byte at {@code offset} is in a touched region. */
  public boolean contains(long offset) {
    long region = offset >>> REGION_SHIFT;
    int at = Arrays.binarySearch(pieces, 0, count, region >>> PIECE_SHIFT);
    return everything
        || (at >= 0
            && (isWhole(bitmaps[at])
                || (bitmaps[at][(int) (region & (PIECE_REGIONS - 1)) >>> 6] & 1L << region) != 0));
  }

  /**
   * The first touched regions at or above {@code offset}, as bytes of the volume; perhaps not all
   * that touch each other.
   */
  public Optional<Range> firstFrom(long offset) {
    if (everything) {
      return Optional.of(new Range(offset, Long.MAX_VALUE));
    }
    long region = offset >>> REGION_SHIFT;
    int at = Arrays.binarySearch(pieces, 0, count, region >>> PIECE_SHIFT);
    int bit = at >= 0 ? (int) (region & (PIECE_REGIONS - 1)) : 0;
    for (int i = at >= 0 ? at : -at - 1; i < count; i++) {
      int set = nextSet(bitmaps[i], bit);
      if (set < PIECE_REGIONS) {
        long base = pieces[i] << PIECE_SHIFT;
        long end = base + nextClear(bitmaps[i], set);
        return Optional.of(new Range((base + set) << REGION_SHIFT, end << REGION_SHIFT));
      }
      bit = 0;
    }
    return Optional.empty();
  }

  /** How many regions were touched. */
  public long count() {
    if (everything) {
      return ALL_REGIONS;
    }
    long regions = 0;
    for (int i = 0; i < count; i++) {
      regions +=
          isWhole(bitmaps[i]) ? PIECE_REGIONS : Arrays.stream(bitmaps[i]).map(Long::bitCount).sum();
    }
    return regions;
  }

  /** Tells all runs, ascending. The last one may reach beyond the end of the volume. */
  public void runs(Runs to) {
    regionRuns(
        1,
        (from, end) ->
            to.run(
                from << REGION_SHIFT, end >= ALL_REGIONS ? Long.MAX_VALUE : end << REGION_SHIFT));
  }

  /** Tells all runs by region number; gaps of fewer than {@code minGap} regions are taken in. */
  <E extends Exception> void regionRuns(long minGap, RegionRuns<E> to) throws E {
    if (everything) {
      to.run(0, ALL_REGIONS);
      return;
    }
    long from = -1;
    long end = -1;
    for (int i = 0; i < count; i++) {
      long base = pieces[i] << PIECE_SHIFT;
      for (int bit = nextSet(bitmaps[i], 0); bit < PIECE_REGIONS; ) {
        int clear = nextClear(bitmaps[i], bit);
        if (from >= 0 && base + bit - end >= minGap) {
          to.run(from, end);
          from = base + bit;
        } else if (from < 0) {
          from = base + bit;
        }
        end = base + clear;
        bit = nextSet(bitmaps[i], clear);
      }
    }
    if (from >= 0) {
      to.run(from, end);
    }
  }

  /** Appends the set to what is in the scratch, as at most {@code maxRuns} runs. */
  public void encode(Scratch into, int maxRuns) {
    long minGap = 1;
    while (runCount(minGap) > maxRuns) {
      minGap *= 2;
    }
    into.putNumber(runCount(minGap));
    long[] last = {0};
    regionRuns(
        minGap,
        (from, to) -> {
          into.putNumber(from - last[0]).putNumber(to - from);
          last[0] = to;
        });
  }

  /** Takes a set from the scratch. */
  public static RegionSet decode(Scratch from) throws FormatException {
    int at = from.position();
    long runs = from.takeNumber();
    if (runs > from.remainingBytes() / 2) {
      throw new FormatException(at, runs + " runs of regions do not fit");
    }
    RegionSet set = new RegionSet();
    long end = 0;
    for (long i = 0; i < runs; i++) {
      at = from.position();
      long gap = from.takeNumber();
      long length = from.takeNumber();
      boolean apart = gap > 0 || i == 0;
      if (!apart || length == 0 || gap > ALL_REGIONS - end || length > ALL_REGIONS - end - gap) {
        throw new FormatException(at, "run of regions after " + gap + ", of " + length);
      }
      set.addRegions(end + gap, end + gap + length);
      end += gap + length;
    }
    return set.freeze();
  }

  private long runCount(long minGap) {
    long[] runs = {0};
    regionRuns(minGap, (from, to) -> runs[0]++);
    return runs[0];
  }

  private void addRegions(long from, long to) {
    Invariant.check(!frozen, "a frozen set of regions is changed");
    if (everything || ((to - 1) >>> PIECE_SHIFT) - (from >>> PIECE_SHIFT) >= maxPieces) {
      touchEverything();
      return;
    }
    for (long region = from; region < to && !everything; ) {
      long piece = region >>> PIECE_SHIFT;
      long end = Math.min(to, (piece + 1) << PIECE_SHIFT);
      addToPiece(
          piece, (int) (region - (piece << PIECE_SHIFT)), (int) (end - (piece << PIECE_SHIFT)));
      region = end;
    }
  }

  private void addToPiece(long piece, int from, int to) {
    int at = Arrays.binarySearch(pieces, 0, count, piece);
    if (at < 0) {
      at = -at - 1;
      if (count == maxPieces) {
        touchEverything();
        return;
      }
      insert(at, piece);
    }
    if (to - from == PIECE_REGIONS) {
      bitmapCount -= isWhole(bitmaps[at]) ? 0 : 1;
      bitmaps[at] = WHOLE;
    } else if (!isWhole(bitmaps[at])) {
      for (int bit = from; bit < to; bit++) {
        bitmaps[at][bit >>> 6] |= 1L << bit;
      }
    }
  }

  private void insert(int at, long piece) {
    if (count == pieces.length) {
      pieces = Arrays.copyOf(pieces, 2 * count);
      bitmaps = Arrays.copyOf(bitmaps, 2 * count);
    }
    System.arraycopy(pieces, at, pieces, at + 1, count - at);
    System.arraycopy(bitmaps, at, bitmaps, at + 1, count - at);
    pieces[at] = piece;
    if (bitmapCount < maxBitmaps) {
      bitmaps[at] = new long[PIECE_REGIONS / 64];
      bitmapCount++;
    } else {
      bitmaps[at] = WHOLE;
    }
    count++;
  }

  private static boolean isWhole(long[] bitmap) {
    return bitmap.length == 0;
  }

  private void touchEverything() {
    everything = true;
    count = 0;
    bitmapCount = 0;
    pieces = new long[0];
    bitmaps = new long[0][];
  }

  private static int nextSet(long[] bitmap, int from) {
    if (isWhole(bitmap)) {
      return from;
    }
    for (int word = from >>> 6; word < bitmap.length; word++) {
      long bits = word == from >>> 6 ? bitmap[word] & -1L << from : bitmap[word];
      if (bits != 0) {
        return (word << 6) + Long.numberOfTrailingZeros(bits);
      }
    }
    return PIECE_REGIONS;
  }

  private static int nextClear(long[] bitmap, int from) {
    if (isWhole(bitmap)) {
      return PIECE_REGIONS;
    }
    for (int word = from >>> 6; word < bitmap.length; word++) {
      long bits = word == from >>> 6 ? ~bitmap[word] & -1L << from : ~bitmap[word];
      if (bits != 0) {
        return (word << 6) + Long.numberOfTrailingZeros(bits);
      }
    }
    return PIECE_REGIONS;
  }
}
