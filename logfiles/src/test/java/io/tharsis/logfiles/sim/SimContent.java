package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.seam.Range;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import java.util.function.ToIntFunction;

/**
 * The bytes of a simulated medium: what is durable, and above it a cache of sectors that differ
 * from it. A cached sector has the versions that were written and not synced; a failed sync leaves
 * it with none, and then what is read is not what will survive. A sector is written whole or not.
 * Both are kept by block, and a durable block is never changed in place: copies share it.
 */
final class SimContent {

  static final int SECTOR_BYTES = 512;
  static final int BLOCK_BYTES = 4096;
  private static final int BLOCK_SECTORS = BLOCK_BYTES / SECTOR_BYTES;
  // older versions could have reached the medium too, but four say enough
  private static final int VERSIONS_LIMIT = 4;
  private static final byte[] ZERO_BLOCK = new byte[BLOCK_BYTES];

  private record Version(long write, byte[] bytes) {}

  private static final class Cached {
    private byte[] view;
    private final List<Version> unsynced;

    Cached(byte[] view, List<Version> unsynced) {
      this.view = view;
      this.unsynced = new ArrayList<>(unsynced);
    }
  }

  /** The cached sectors of one block, those that are not cached being null. */
  private static final class CachedBlock {
    private final Cached[] sectors = new Cached[BLOCK_SECTORS];

    CachedBlock copy() {
      CachedBlock copy = new CachedBlock();
      for (int sector = 0; sector < BLOCK_SECTORS; sector++) {
        Cached cached = sectors[sector];
        copy.sectors[sector] = cached == null ? null : new Cached(cached.view, cached.unsynced);
      }
      return copy;
    }

    void write(long write, int sector, byte[] bytes) {
      Cached cached = sectors[sector];
      if (cached == null) {
        cached = new Cached(bytes, List.of());
        sectors[sector] = cached;
      }
      cached.view = bytes;
      cached.unsynced.add(new Version(write, bytes));
      if (cached.unsynced.size() > VERSIONS_LIMIT) {
        cached.unsynced.removeFirst();
      }
    }

    /** The number of the oldest write that is not synced, or {@link Long#MAX_VALUE}. */
    long oldestUnsynced() {
      long oldest = Long.MAX_VALUE;
      for (Cached cached : sectors) {
        if (cached != null && !cached.unsynced.isEmpty()) {
          oldest = Math.min(oldest, cached.unsynced.getFirst().write());
        }
      }
      return oldest;
    }

    boolean isEmpty() {
      for (Cached cached : sectors) {
        if (cached != null) {
          return false;
        }
      }
      return true;
    }
  }

  private final Map<Long, byte[]> durable;
  private final TreeMap<Long, CachedBlock> cache = new TreeMap<>();
  private long lastWrite;

  SimContent() {
    this(new HashMap<>());
  }

  private SimContent(Map<Long, byte[]> durable) {
    this.durable = durable;
  }

  /** The same bytes, durable or not, which go their own way from now on. */
  SimContent copy() {
    SimContent copy = new SimContent(new HashMap<>(durable));
    cache.forEach((block, cached) -> copy.cache.put(block, cached.copy()));
    copy.lastWrite = lastWrite;
    return copy;
  }

  /** The number of the latest write. */
  long lastWrite() {
    return lastWrite;
  }

  /** What a reader sees. */
  byte[] read(long offset, int length) {
    byte[] bytes = new byte[length];
    read(offset, ByteBuffer.wrap(bytes));
    return bytes;
  }

  /** Puts what a reader sees where the buffer has room; it is not moved. */
  void read(long offset, ByteBuffer into) {
    readDurable(offset, into);
    if (cache.isEmpty()) {
      return;
    }
    int start = into.position();
    forPieces(
        offset,
        into.remaining(),
        SECTOR_BYTES,
        (sector, inSector, at, count) -> {
          Cached cached = cached(sector);
          if (cached != null) {
            into.put(start + at, cached.view, inSector, count);
          }
        });
  }

  /** What would be read if the power failed now and nothing un-synced were kept. */
  byte[] readDurable(long offset, int length) {
    byte[] bytes = new byte[length];
    readDurable(offset, ByteBuffer.wrap(bytes));
    return bytes;
  }

  private void readDurable(long offset, ByteBuffer into) {
    int start = into.position();
    forPieces(
        offset,
        into.remaining(),
        BLOCK_BYTES,
        (block, inBlock, at, count) ->
            into.put(start + at, durable.getOrDefault(block, ZERO_BLOCK), inBlock, count));
  }

  /** Writes into the cache. */
  void write(long offset, byte[] bytes) {
    writeSome(offset, bytes, () -> true);
  }

  /** Writes those sectors into the cache for which the coin says so. */
  void writeSome(long offset, byte[] bytes, BooleanSupplier coin) {
    lastWrite++;
    forPieces(
        offset,
        bytes.length,
        BLOCK_BYTES,
        (block, inBlock, at, count) -> {
          CachedBlock cached = cache.computeIfAbsent(block, made -> new CachedBlock());
          forPieces(
              inBlock,
              count,
              SECTOR_BYTES,
              (sector, inSector, further, length) -> {
                if (coin.getAsBoolean()) {
                  long inMedium = block * BLOCK_SECTORS + sector;
                  byte[] whole = merged(inMedium, inSector, bytes, at + further, length);
                  cached.write(lastWrite, (int) sector, whole);
                }
              });
        });
  }

  /** Writes through the cache; durable at once. */
  void writeDurable(long offset, byte[] bytes) {
    lastWrite++;
    forPieces(
        offset,
        bytes.length,
        BLOCK_BYTES,
        (block, inBlock, at, count) -> {
          byte[] kept = durableCopy(block);
          CachedBlock cached = cache.get(block);
          if (cached != null) {
            int firstSector = inBlock / SECTOR_BYTES;
            int endSector = Math.ceilDiv(inBlock + count, SECTOR_BYTES);
            for (int sector = firstSector; sector < endSector; sector++) {
              if (cached.sectors[sector] != null) {
                put(kept, sector, cached.sectors[sector].view);
                cached.sectors[sector] = null;
              }
            }
            if (cached.isEmpty()) {
              cache.remove(block);
            }
          }
          System.arraycopy(bytes, at, kept, inBlock, count);
          keep(block, kept);
        });
  }

  /** Writes zeros into the cache, without effort where there are zeros already. */
  void zero(Range range) {
    long first = Math.ceilDiv(range.from(), (long) BLOCK_BYTES);
    long end = range.to() / BLOCK_BYTES;
    if (first >= end) {
      write(range.from(), new byte[(int) range.lengthBytes()]);
      return;
    }
    zeroEdge(range.from(), first * BLOCK_BYTES);
    zeroEdge(end * BLOCK_BYTES, range.to());
    TreeSet<Long> blocks = new TreeSet<>(durable.keySet());
    blocks.addAll(cache.keySet());
    blocks.subSet(first, end).forEach(block -> write(block * BLOCK_BYTES, ZERO_BLOCK));
  }

  private void zeroEdge(long from, long to) {
    if (from < to) {
      write(from, new byte[(int) (to - from)]);
    }
  }

  /** Makes writes up to that number durable. */
  void sync(long upToWrite) {
    writeBack(upToWrite, () -> true);
  }

  /** Forgets to write back what a sync should have made durable; what is read stays. */
  void failSync(long upToWrite, SimRandom random) {
    writeBack(upToWrite, () -> random.chance(0.5));
  }

  /** A failed sync of one range only. */
  void forget(long offset, int length) {
    forPieces(
        offset,
        length,
        SECTOR_BYTES,
        (sector, inSector, at, count) -> cached(sector).unsynced.clear());
  }

  private void writeBack(long upToWrite, BooleanSupplier coin) {
    cache.forEach((block, cached) -> {
      if (cached.oldestUnsynced() <= upToWrite) {
        writeBack(upToWrite, coin, block, cached);
      }
    });
    cache.values().removeIf(CachedBlock::isEmpty);
  }

  private void writeBack(long upToWrite, BooleanSupplier coin, long block, CachedBlock cached) {
    byte[] kept = durableCopy(block);
    for (int sector = 0; sector < BLOCK_SECTORS; sector++) {
      if (cached.sectors[sector] != null
          && writeBack(upToWrite, coin, cached.sectors[sector], kept, sector)) {
        cached.sectors[sector] = null;
      }
    }
    keep(block, kept);
  }

  // whether the sector need not be cached any longer
  private static boolean writeBack(
      long upToWrite, BooleanSupplier coin, Cached cached, byte[] kept, int sector) {
    int covered = last(cached.unsynced, write -> write <= upToWrite) + 1;
    if (covered > 0) {
      if (coin.getAsBoolean()) {
        put(kept, sector, cached.unsynced.get(covered - 1).bytes());
      }
      cached.unsynced.subList(0, covered).clear();
    }
    int at = sector * SECTOR_BYTES;
    return cached.unsynced.isEmpty()
        && Arrays.equals(cached.view, 0, SECTOR_BYTES, kept, at, at + SECTOR_BYTES);
  }

  /** The cache is gone; what of its un-synced writes has survived depends on the mode. */
  void powerFail(CrashMode mode, SimRandom random) {
    SimRandom luck = new SimRandom(random.nextLong());
    long cutoff = luck.between(oldestUnsynced() - 1, lastWrite);
    ToIntFunction<List<Version>> survivor =
        switch (mode) {
          case NOTHING -> versions -> -1;
          case EVERYTHING -> versions -> versions.size() - 1;
          case PREFIX -> versions -> last(versions, write -> write <= cutoff);
          case WRITES -> versions -> last(versions, write -> SimRandom.mix(write ^ cutoff) < 0);
          case SECTORS -> versions -> luck.below(versions.size() + 1) - 1;
        };
    cache.forEach((block, cached) -> {
      byte[] kept = durableCopy(block);
      for (int sector = 0; sector < BLOCK_SECTORS; sector++) {
        if (cached.sectors[sector] != null) {
          List<Version> versions = cached.sectors[sector].unsynced;
          int index = survivor.applyAsInt(versions);
          if (index >= 0) {
            put(kept, sector, versions.get(index).bytes());
          }
        }
      }
      keep(block, kept);
    });
    cache.clear();
  }

  private long oldestUnsynced() {
    return cache.values().stream()
        .mapToLong(CachedBlock::oldestUnsynced)
        .reduce(lastWrite, Math::min);
  }

  private static int last(List<Version> versions, LongPredicate kept) {
    int index = versions.size() - 1;
    while (index >= 0 && !kept.test(versions.get(index).write())) {
      index--;
    }
    return index;
  }

  /** Forgets what is cached and needs no writing back. */
  void dropCache() {
    cache
        .values()
        .removeIf(block -> {
          for (int sector = 0; sector < BLOCK_SECTORS; sector++) {
            Cached cached = block.sectors[sector];
            if (cached != null && cached.unsynced.isEmpty()) {
              block.sectors[sector] = null;
            }
          }
          return block.isEmpty();
        });
  }

  /** Flips one bit of the durable bytes. */
  void flip(long offset, int bit) {
    long block = offset / BLOCK_BYTES;
    byte[] kept = durableCopy(block);
    kept[(int) (offset % BLOCK_BYTES)] ^= (byte) (1 << bit);
    keep(block, kept);
  }

  /** Blocks that hold durable bytes, ascending. */
  List<Long> durableBlocks() {
    return durable.keySet().stream().sorted().toList();
  }

  private byte[] merged(long sector, int inSector, byte[] bytes, int at, int count) {
    byte[] merged =
        count == SECTOR_BYTES ? new byte[SECTOR_BYTES] : read(sector * SECTOR_BYTES, SECTOR_BYTES);
    System.arraycopy(bytes, at, merged, inSector, count);
    return merged;
  }

  private Cached cached(long sector) {
    CachedBlock block = cache.get(sector / BLOCK_SECTORS);
    return block == null ? null : block.sectors[(int) (sector % BLOCK_SECTORS)];
  }

  private byte[] durableCopy(long block) {
    return durable.getOrDefault(block, ZERO_BLOCK).clone();
  }

  private void keep(long block, byte[] bytes) {
    if (Arrays.equals(bytes, ZERO_BLOCK)) {
      durable.remove(block);
    } else {
      durable.put(block, bytes);
    }
  }

  private static void put(byte[] block, int sector, byte[] bytes) {
    System.arraycopy(bytes, 0, block, sector * SECTOR_BYTES, SECTOR_BYTES);
  }

  @FunctionalInterface
  private interface Piece {
    void accept(long index, int inside, int at, int count);
  }

  /** Cuts a range into pieces none of which crosses a multiple of that size. */
  private static void forPieces(long offset, int length, int sizeBytes, Piece piece) {
    int at = 0;
    while (at < length) {
      int inside = (int) ((offset + at) % sizeBytes);
      int count = Math.min(sizeBytes - inside, length - at);
      piece.accept((offset + at) / sizeBytes, inside, at, count);
      at += count;
    }
  }
}
