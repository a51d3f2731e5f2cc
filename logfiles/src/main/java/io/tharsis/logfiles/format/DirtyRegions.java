package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a replica must still get from another one before its disks are a state of the volumes that
 * once was. Kept in two slots that are written in turn, see {@link Slots}. {@code
 * docs/formats/dirty.md} draws it.
 *
 * @param resourceId whose it is
 * @param sequence one more with every update, from 1; even ones live in slot A, odd ones in slot B
 * @param newest the newest content that a sync has put on the disks
 * @param regions what is still to be synced, by volume; frozen here
 */
public record DirtyRegions(
    UUID resourceId, long sequence, Stamp newest, SortedMap<Integer, RegionSet> regions)
    implements Slots.Content {

  /** Most bytes of a slot. */
  public static final int SLOT_BYTES = 512 << 10;

  /** Bytes of both slots. */
  public static final int SLOTS_BYTES = 2 * SLOT_BYTES;

  /** A slot is written in multiples of it. */
  public static final int ALIGNMENT_BYTES = 4096;

  /** Runs of regions at most, all volumes together; beyond, close ones are joined. */
  static final int MAX_RUNS = 1 << 15;

  static final long MAGIC = Block.magic("THARSISD");

  static final int AT_SEQUENCE = 32;
  static final int AT_STAMP_LSN = 40;
  static final int AT_STAMP_EPOCH = 48;
  static final int AT_BODY_BYTES = 64;
  static final int AT_VOLUME_COUNT = 68;
  static final int RESERVED_BYTES = 58;
  static final int AT_BODY = 128;

  /**
   * How new a content is that came from another replica.
   *
   * @param lsn no effect at or above it is in the content
   * @param epochId of the epoch that the position lies in
   */
  public record Stamp(long lsn, UUID epochId) {

    /** Nothing has come. */
    public static final Stamp NONE = new Stamp(0, new UUID(0, 0));

    /** A stamp that can be. */
    public Stamp {
      Invariant.check(lsn >= 0, "stamp", lsn);
    }

    /** Whether a log of that lineage has left the epoch before the position: it is of a branch. */
    public boolean isStray(Lineage lineage) {
      return !lineage.mayReach(epochId, lsn);
    }
  }

  /** Within its limits; its sets are frozen. */
  public DirtyRegions {
    Invariant.check(sequence > 0, "sequence of dirty regions", sequence);
    Invariant.check(regions.size() <= Checkpoint.MAX_VOLUMES, "volumes", regions.size());
    regions = Collections.unmodifiableSortedMap(new TreeMap<>(regions));
    regions.forEach((volume, set) -> {
      Invariant.check(0 <= volume && volume <= 0xFFFF, "volume", volume);
      set.freeze();
    });
  }

  /** Nothing to be synced, and nothing ever was. */
  public static DirtyRegions none(UUID resourceId) {
    return new DirtyRegions(resourceId, 1, Stamp.NONE, new TreeMap<>());
  }

  /** Nothing of the volumes on these disks is there yet. */
  public static DirtyRegions everything(UUID resourceId, List<DiskStamp> disks) {
    SortedMap<Integer, RegionSet> regions = new TreeMap<>();
    for (DiskStamp disk : disks) {
      RegionSet all = new RegionSet();
      all.add(0, disk.sizeBytes());
      regions.put(disk.volume(), all);
    }
    return new DirtyRegions(resourceId, 1, Stamp.NONE, regions);
  }

  /** What follows this one. */
  public DirtyRegions next(Stamp nextNewest, SortedMap<Integer, RegionSet> nextRegions) {
    return new DirtyRegions(resourceId, sequence + 1, nextNewest, nextRegions);
  }

  /** Whether there is nothing left to be synced. */
  public boolean isEmpty() {
    return regions.values().stream().allMatch(RegionSet::isEmpty);
  }

  /**
   * Writes the slot to the beginning of the buffer, which has {@link #SLOT_BYTES}.
   *
   * @return bytes written, a multiple of the alignment
   */
  public int encode(ByteBuffer into) {
    try (Scratch scratch = new Scratch(SLOT_BYTES)) {
      scratch.putLong(MAGIC).putInt(0).putShort(Block.VERSION).putShort(Block.OLDEST_READER);
      scratch.putUuid(resourceId).putLong(sequence);
      scratch.putLong(newest.lsn).putUuid(newest.epochId);
      scratch.putInt(0).putShort(regions.size()).putBytes(new byte[RESERVED_BYTES]);
      regions.forEach((volume, set) -> {
        scratch.putShort(volume);
        set.encode(scratch, MAX_RUNS / regions.size());
      });
      scratch.setInt(AT_BODY_BYTES, scratch.sizeBytes() - AT_BODY);
      scratch.alignTo(ALIGNMENT_BYTES);
      scratch.setInt(Block.AT_CRC, scratch.crc(Block.AT_VERSION));
      return scratch.copyTo(into, 0);
    }
  }

  /** Reads the slot at index {@code at}, of whatever resource; never throws. */
  public static Reading<DirtyRegions> decode(ByteBuffer from, int at) {
    if (at < 0 || from.limit() - at < SLOT_BYTES) {
      return new Reading.Corrupt<>("only " + (from.limit() - at) + " bytes of " + SLOT_BYTES);
    }
    byte[] start = new byte[AT_BODY];
    from.get(at, start, 0, AT_BODY);
    if (Bits.getLong(start, Block.AT_MAGIC) != MAGIC) {
      return isBlank(from, at) ? new Reading.Blank<>() : new Reading.Corrupt<>("magic is missing");
    }
    long bodyBytes = Bits.getUnsignedInt(start, AT_BODY_BYTES);
    if (bodyBytes > SLOT_BYTES - AT_BODY) {
      return new Reading.Corrupt<>("body of " + bodyBytes + " bytes");
    }
    int bytes =
        (AT_BODY + (int) bodyBytes + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
    try (Scratch scratch = new Scratch(SLOT_BYTES)) {
      return read(scratch.load(from, at, bytes));
    } catch (FormatException e) {
      return new Reading.Corrupt<>(e.getMessage());
    } catch (Invariant.Broken e) {
      // A value that its own constructor refuses: the bytes are at fault here, not the program.
      return new Reading.Corrupt<>("impossible value: " + e.getMessage());
    }
  }

  /** Reads the slot at index {@code at} of a replica of this resource; never throws. */
  public static Reading<DirtyRegions> decode(ByteBuffer from, int at, UUID resourceId) {
    return decode(from, at).ownedBy(resourceId, DirtyRegions::resourceId);
  }

  private static boolean isBlank(ByteBuffer from, int at) {
    byte[] block = new byte[ALIGNMENT_BYTES];
    from.get(at, block, 0, block.length);
    for (byte one : block) {
      if (one != 0) {
        return false;
      }
    }
    return true;
  }

  private static Reading<DirtyRegions> read(Scratch from) throws FormatException {
    int crc = from.crc(Block.AT_VERSION);
    from.skip(Block.AT_CRC);
    if (from.takeInt() != crc) {
      return new Reading.Corrupt<>("checksum does not match");
    }
    from.takeShort();
    int oldestReader = from.takeShort();
    return oldestReader > Block.VERSION
        ? new Reading.TooNew<>("needs format version " + oldestReader)
        : new Reading.Sound<>(take(from));
  }

  private static DirtyRegions take(Scratch from) throws FormatException {
    UUID resourceId = from.takeUuid();
    long sequence = from.takeLong();
    long stampLsn = from.takeLong();
    Stamp newest = new Stamp(stampLsn, from.takeUuid());
    int bodyBytes = from.takeInt();
    int volumes = from.takeShort();
    from.skip(RESERVED_BYTES);
    SortedMap<Integer, RegionSet> regions = new TreeMap<>();
    for (int i = 0; i < volumes; i++) {
      int at = from.position();
      if (regions.put(from.takeShort(), RegionSet.decode(from)) != null) {
        throw new FormatException(at, "two sets of regions of one volume");
      }
    }
    if (from.position() != AT_BODY + bodyBytes) {
      throw new FormatException(from.position(), "body should end at " + (AT_BODY + bodyBytes));
    }
    return new DirtyRegions(resourceId, sequence, newest, regions);
  }
}
