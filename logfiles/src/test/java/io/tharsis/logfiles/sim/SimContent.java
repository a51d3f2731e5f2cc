package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.seam.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import java.util.function.ToIntFunction;

/**
 * The bytes of a simulated medium: what is durable, and above it a cache of sectors that differ
 * from it. A cached sector has the versions that were written and not synced; a failed sync leaves
 * it with none, and then what is read is not what will survive. A sector is written whole or not.
 */
final class SimContent {

  static final int SECTOR_BYTES = 512;
  static final int BLOCK_BYTES = 4096;
  // older versions could have reached the medium too, but four say enough
  private static final int VERSIONS_LIMIT = 4;
  private static final byte[] ZEROS = new byte[SECTOR_BYTES];

  private record Version(long write, byte[] bytes) {}

  private static final class Cached {
    private byte[] view = ZEROS;
    private final List<Version> unsynced = new ArrayList<>(1);
  }

  private final TreeMap<Long, byte[]> durable = new TreeMap<>();
  private final TreeMap<Long, Cached> cache = new TreeMap<>();
  private long lastWrite;

  /** The same bytes, durable or not, which go their own way from now on. */
  SimContent copy() {
    SimContent copy = new SimContent();
    durable.forEach((block, bytes) -> copy.durable.put(block, bytes.clone()));
    cache.forEach((sector, cached) -> {
      Cached mine = new Cached();
      mine.view = cached.view;
      mine.unsynced.addAll(cached.unsynced);
      copy.cache.put(sector, mine);
    });
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
    forSectors(
        offset,
        length,
        (sector, inSector, at, count) ->
            System.arraycopy(view(sector), inSector, bytes, at, count));
    return bytes;
  }

  /** What would be read if the power failed now and nothing un-synced were kept. */
  byte[] readDurable(long offset, int length) {
    byte[] bytes = new byte[length];
    forSectors(
        offset,
        length,
        (sector, inSector, at, count) ->
            System.arraycopy(durableSector(sector), inSector, bytes, at, count));
    return bytes;
  }

  /** Writes into the cache. */
  void write(long offset, byte[] bytes) {
    long write = ++lastWrite;
    forSectors(
        offset,
        bytes.length,
        (sector, inSector, at, count) ->
            cacheSector(write, sector, merged(sector, inSector, bytes, at, count)));
  }

  /** Writes those sectors into the cache for which the coin says so. */
  void writeSome(long offset, byte[] bytes, BooleanSupplier coin) {
    long write = ++lastWrite;
    forSectors(
        offset,
        bytes.length,
        (sector, inSector, at, count) -> {
          if (coin.getAsBoolean()) {
            cacheSector(write, sector, merged(sector, inSector, bytes, at, count));
          }
        });
  }

  /** Writes through the cache; durable at once. */
  void writeDurable(long offset, byte[] bytes) {
    lastWrite++;
    forSectors(
        offset,
        bytes.length,
        (sector, inSector, at, count) -> {
          putDurable(sector, merged(sector, inSector, bytes, at, count));
          cache.remove(sector);
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
    int perBlock = BLOCK_BYTES / SECTOR_BYTES;
    List<Long> blocks = new ArrayList<>(durable.subMap(first, end).keySet());
    for (Long sector : cache.subMap(first * perBlock, end * perBlock).keySet()) {
      blocks.add(sector / perBlock);
    }
    blocks.stream().distinct().forEach(b -> write(b * BLOCK_BYTES, new byte[BLOCK_BYTES]));
  }

  private void zeroEdge(long from, long to) {
    if (from < to) {
      write(from, new byte[(int) (to - from)]);
    }
  }

  /** Makes writes up to that number durable. */
  void sync(long upToWrite) {
    forDirty(upToWrite, this::putDurable);
  }

  /** Forgets to write back what a sync should have made durable; what is read stays. */
  void failSync(long upToWrite, SimRandom random) {
    forDirty(
        upToWrite,
        (sector, bytes) -> {
          if (random.chance(0.5)) {
            putDurable(sector, bytes);
          }
        });
  }

  /** A failed sync of one range only. */
  void forget(long offset, int length) {
    forSectors(offset, length, (sector, inSector, at, count) -> cache.get(sector).unsynced.clear());
  }

  @FunctionalInterface
  private interface SectorBytes {
    void accept(long sector, byte[] bytes);
  }

  private void forDirty(long upToWrite, SectorBytes writeBack) {
    var entries = cache.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<Long, Cached> entry = entries.next();
      Cached cached = entry.getValue();
      int covered = 0;
      while (covered < cached.unsynced.size()
          && cached.unsynced.get(covered).write() <= upToWrite) {
        covered++;
      }
      if (covered > 0) {
        writeBack.accept(entry.getKey(), cached.unsynced.get(covered - 1).bytes());
        cached.unsynced.subList(0, covered).clear();
      }
      if (cached.unsynced.isEmpty() && Arrays.equals(cached.view, durableSector(entry.getKey()))) {
        entries.remove();
      }
    }
  }

  /** The cache is gone; what of its un-synced writes has survived depends on the mode. */
  void powerFail(CrashMode mode, SimRandom random) {
    SimRandom luck = new SimRandom(random.nextLong());
    long oldest = lastWrite;
    for (Cached cached : cache.values()) {
      if (!cached.unsynced.isEmpty()) {
        oldest = Math.min(oldest, cached.unsynced.getFirst().write());
      }
    }
    long cutoff = luck.between(oldest - 1, lastWrite);
    ToIntFunction<List<Version>> survivor =
        switch (mode) {
          case NOTHING -> versions -> -1;
          case EVERYTHING -> versions -> versions.size() - 1;
          case PREFIX -> versions -> last(versions, write -> write <= cutoff);
          case WRITES -> versions -> last(versions, write -> SimRandom.mix(write ^ cutoff) < 0);
          case SECTORS -> versions -> luck.below(versions.size() + 1) - 1;
        };
    cache.forEach((sector, cached) -> {
      int index = survivor.applyAsInt(cached.unsynced);
      if (index >= 0) {
        putDurable(sector, cached.unsynced.get(index).bytes());
      }
    });
    cache.clear();
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
    cache.values().removeIf(cached -> cached.unsynced.isEmpty());
  }

  /** Flips one bit of the durable bytes. */
  void flip(long offset, int bit) {
    long sector = offset / SECTOR_BYTES;
    byte[] bytes = durableSector(sector);
    bytes[(int) (offset % SECTOR_BYTES)] ^= (byte) (1 << bit);
    putDurable(sector, bytes);
  }

  /** Blocks that hold durable bytes, ascending. */
  List<Long> durableBlocks() {
    return List.copyOf(durable.keySet());
  }

  private void cacheSector(long write, long sector, byte[] bytes) {
    Cached cached = cache.computeIfAbsent(sector, made -> new Cached());
    cached.view = bytes;
    cached.unsynced.add(new Version(write, bytes));
    if (cached.unsynced.size() > VERSIONS_LIMIT) {
      cached.unsynced.removeFirst();
    }
  }

  private byte[] merged(long sector, int inSector, byte[] bytes, int at, int count) {
    byte[] merged = count == SECTOR_BYTES ? new byte[SECTOR_BYTES] : view(sector).clone();
    System.arraycopy(bytes, at, merged, inSector, count);
    return merged;
  }

  private byte[] view(long sector) {
    Cached cached = cache.get(sector);
    return cached == null ? durableSector(sector) : cached.view;
  }

  private byte[] durableSector(long sector) {
    byte[] block = durable.get(sector * SECTOR_BYTES / BLOCK_BYTES);
    if (block == null) {
      return ZEROS.clone();
    }
    int at = (int) (sector * SECTOR_BYTES % BLOCK_BYTES);
    return Arrays.copyOfRange(block, at, at + SECTOR_BYTES);
  }

  private void putDurable(long sector, byte[] bytes) {
    long index = sector * SECTOR_BYTES / BLOCK_BYTES;
    byte[] block = durable.get(index);
    if (block == null) {
      if (Arrays.equals(bytes, ZEROS)) {
        return;
      }
      block = new byte[BLOCK_BYTES];
      durable.put(index, block);
    }
    System.arraycopy(bytes, 0, block, (int) (sector * SECTOR_BYTES % BLOCK_BYTES), SECTOR_BYTES);
    if (Arrays.equals(bytes, ZEROS) && Arrays.equals(block, new byte[BLOCK_BYTES])) {
      durable.remove(index);
    }
  }

  @FunctionalInterface
  private interface Piece {
    void accept(long sector, int inSector, int at, int count);
  }

  private static void forSectors(long offset, int length, Piece piece) {
    int at = 0;
    while (at < length) {
      long sector = (offset + at) / SECTOR_BYTES;
      int inSector = (int) ((offset + at) % SECTOR_BYTES);
      int count = Math.min(SECTOR_BYTES - inSector, length - at);
      piece.accept(sector, inSector, at, count);
      at += count;
    }
  }
}
