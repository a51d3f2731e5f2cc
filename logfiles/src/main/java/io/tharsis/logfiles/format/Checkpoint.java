package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * How far the disks of one replica have followed the log. Kept in two slots that are written in
 * turn, see {@link Slots}. {@code docs/formats/checkpoint.md} draws it.
 *
 * @param resourceId whose it is
 * @param sequence one more with every update, from 1; even ones live in slot A, odd ones in slot B
 * @param progress how far the disks are
 * @param disks the disks it speaks of, one per volume, at most {@link #MAX_VOLUMES}
 * @param applied what was applied last, oldest first, at most {@link #MAX_RANGES}
 */
public record Checkpoint(
    UUID resourceId,
    long sequence,
    Progress progress,
    List<DiskStamp> disks,
    List<AppliedRange> applied)
    implements Slots.Content {

  /** Bytes of a slot. */
  public static final int BYTES = Block.BYTES;

  /** Bytes of both slots. */
  public static final int SLOTS_BYTES = 2 * BYTES;

  /** Most volumes of a resource. */
  public static final int MAX_VOLUMES = 16;

  /** How many applied ranges are remembered. */
  public static final int MAX_RANGES = 64;

  static final long MAGIC = Block.magic("THARSISC");

  static final int AT_SEQUENCE = 32;
  static final int AT_CHECKPOINT = 40;
  static final int AT_HORIZON = 48;
  static final int AT_EPOCH_NUMBER = 56;
  static final int AT_DISK_COUNT = 60;
  static final int AT_RANGE_COUNT = 62;
  static final int AT_EPOCH_ID = 64;
  static final int AT_DISKS = 128;
  static final int DISK_BYTES = 64;
  static final int AT_RANGES = AT_DISKS + MAX_VOLUMES * DISK_BYTES;
  static final int RANGE_BYTES = 24;

  /**
   * How far the disks have followed the log.
   *
   * @param checkpointLsn everything below is on the disks and stable
   * @param horizonLsn nothing at or above it is on the disks
   * @param epochNumber of the epoch that the horizon lies in
   * @param epochId of the same
   */
  public record Progress(long checkpointLsn, long horizonLsn, long epochNumber, UUID epochId) {
    /** Watermarks in order. */
    public Progress {
      Invariant.check(
          0 <= checkpointLsn && checkpointLsn <= horizonLsn,
          "checkpoint, horizon",
          checkpointLsn,
          horizonLsn);
      Invariant.check(0 <= epochNumber && epochNumber <= 0xFFFF_FFFFL, "epoch number", epochNumber);
    }

    /** Whether the disks alone are a prefix of the write order. */
    public boolean isPrefix() {
      return checkpointLsn == horizonLsn;
    }
  }

  /** A checkpoint within the limits of a slot. */
  public Checkpoint {
    disks = List.copyOf(disks);
    applied = List.copyOf(applied);
    Invariant.check(sequence > 0, "checkpoint sequence", sequence);
    Invariant.check(disks.size() <= MAX_VOLUMES, "disks in checkpoint", disks.size());
    Invariant.check(applied.size() <= MAX_RANGES, "ranges in checkpoint", applied.size());
    Set<Integer> volumes = new HashSet<>();
    for (DiskStamp disk : disks) {
      Invariant.check(volumes.add(disk.volume()), "two disks of volume", disk.volume());
    }
  }

  /** The checkpoint after this one, of the same disks. */
  public Checkpoint next(Progress nextProgress, List<AppliedRange> nextApplied) {
    return new Checkpoint(resourceId, sequence + 1, nextProgress, disks, nextApplied);
  }

  /** The checkpoint after this one that says the same of a larger disk. */
  public Checkpoint stamped(DiskStamp larger) {
    List<DiskStamp> stamps =
        disks.stream().map(disk -> disk.volume() == larger.volume() ? larger : disk).toList();
    return new Checkpoint(resourceId, sequence + 1, progress, stamps, applied);
  }

  /** What it says of the disk of a volume. */
  public DiskStamp disk(int volume) {
    return disks.stream()
        .filter(disk -> disk.volume() == volume)
        .findFirst()
        .orElseThrow(() -> new Invariant.Broken("no disk of volume " + volume));
  }

  /** Writes the slot, {@link #BYTES} bytes from index {@code at}. */
  public void encode(ByteBuffer into, int at) {
    byte[] bytes = Block.begin(MAGIC, resourceId);
    Bits.putLong(bytes, AT_SEQUENCE, sequence);
    Bits.putLong(bytes, AT_CHECKPOINT, progress.checkpointLsn);
    Bits.putLong(bytes, AT_HORIZON, progress.horizonLsn);
    Bits.putInt(bytes, AT_EPOCH_NUMBER, (int) progress.epochNumber);
    Bits.putShort(bytes, AT_DISK_COUNT, disks.size());
    Bits.putShort(bytes, AT_RANGE_COUNT, applied.size());
    Bits.putUuid(bytes, AT_EPOCH_ID, progress.epochId);
    for (int i = 0; i < disks.size(); i++) {
      putDisk(bytes, AT_DISKS + i * DISK_BYTES, disks.get(i));
    }
    for (int i = 0; i < applied.size(); i++) {
      putRange(bytes, AT_RANGES + i * RANGE_BYTES, applied.get(i));
    }
    Block.seal(bytes, into, at);
  }

  /** Reads the slot at index {@code at}, of whatever resource; never throws. */
  public static Reading<Checkpoint> decode(ByteBuffer from, int at) {
    return Block.open(from, at, MAGIC, Checkpoint::read);
  }

  /** Reads the slot at index {@code at} of a replica of this resource; never throws. */
  public static Reading<Checkpoint> decode(ByteBuffer from, int at, UUID resourceId) {
    return decode(from, at).ownedBy(resourceId, Checkpoint::resourceId);
  }

  private static Checkpoint read(UUID resourceId, byte[] bytes) throws FormatException {
    int diskCount = Bits.getUnsignedShort(bytes, AT_DISK_COUNT);
    int rangeCount = Bits.getUnsignedShort(bytes, AT_RANGE_COUNT);
    if (diskCount > MAX_VOLUMES || rangeCount > MAX_RANGES) {
      throw new FormatException(AT_DISK_COUNT, diskCount + " disks, " + rangeCount + " ranges");
    }
    List<DiskStamp> disks = new ArrayList<>(diskCount);
    for (int i = 0; i < diskCount; i++) {
      disks.add(getDisk(bytes, AT_DISKS + i * DISK_BYTES));
    }
    List<AppliedRange> applied =
        IntStream.range(0, rangeCount)
            .mapToObj(i -> getRange(bytes, AT_RANGES + i * RANGE_BYTES))
            .toList();
    Progress progress =
        new Progress(
            Bits.getLong(bytes, AT_CHECKPOINT),
            Bits.getLong(bytes, AT_HORIZON),
            Bits.getUnsignedInt(bytes, AT_EPOCH_NUMBER),
            Bits.getUuid(bytes, AT_EPOCH_ID));
    return new Checkpoint(resourceId, Bits.getLong(bytes, AT_SEQUENCE), progress, disks, applied);
  }

  private static void putDisk(byte[] bytes, int at, DiskStamp disk) {
    Bits.putShort(bytes, at, disk.volume());
    bytes[at + 2] = (byte) disk.shown().length();
    Bits.putLong(bytes, at + 8, disk.sizeBytes());
    Bits.putUuid(bytes, at + 16, disk.fingerprint());
    byte[] shown = disk.shown().getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(shown, 0, bytes, at + 32, shown.length);
  }

  private static DiskStamp getDisk(byte[] bytes, int at) throws FormatException {
    int shownBytes = bytes[at + 2] & 0xFF;
    if (shownBytes > DiskStamp.SHOWN_BYTES) {
      throw new FormatException(at + 2, "identity of " + shownBytes + " characters");
    }
    return new DiskStamp(
        Bits.getUnsignedShort(bytes, at),
        Bits.getLong(bytes, at + 8),
        Bits.getUuid(bytes, at + 16),
        new String(bytes, at + 32, shownBytes, StandardCharsets.US_ASCII));
  }

  private static void putRange(byte[] bytes, int at, AppliedRange range) {
    Bits.putShort(bytes, at, range.volume());
    Bits.putInt(bytes, at + 4, range.crc());
    Bits.putLong(bytes, at + 8, range.offset());
    Bits.putLong(bytes, at + 16, range.lengthBytes());
  }

  private static AppliedRange getRange(byte[] bytes, int at) {
    return new AppliedRange(
        Bits.getUnsignedShort(bytes, at),
        Bits.getLong(bytes, at + 8),
        Bits.getLong(bytes, at + 16),
        Bits.getInt(bytes, at + 4));
  }
}
