package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What is kept of a closed logfile after the file itself is gone. An entry of the summary file,
 * which every member keeps; {@code docs/formats/summary.md} draws it.
 *
 * @param resourceId whose logfile it was
 * @param piece which part of the stream it held
 * @param digest chain digest at its end
 * @param digests chain digests on the way there
 * @param touched regions its records changed, by volume; frozen here
 */
public record Summary(
    UUID resourceId,
    Piece piece,
    Digest digest,
    DigestIndex digests,
    SortedMap<Integer, RegionSet> touched) {

  /** Entries begin and end on multiples of it. */
  public static final int ALIGNMENT_BYTES = 4096;

  /** Most bytes of an entry, and the limit of a scratch that is large enough for it. */
  public static final int MAX_BYTES = 8 << 20;

  /** Runs of regions of an entry at most, all volumes together; beyond, close ones are joined. */
  static final int MAX_RUNS = 1 << 18;

  static final long MAGIC = Block.magic("THARSISS");

  static final int AT_ENTRY_BYTES = 32;
  static final int AT_BODY_BYTES = 36;
  static final int AT_NUMBER = 40;
  static final int AT_BASE_LSN = 48;
  static final int AT_END_LSN = 56;
  static final int AT_EPOCH_ID = 64;
  static final int AT_DIGEST = 80;
  static final int AT_FIRST_BOUNDARY = 112;
  static final int AT_DIGEST_COUNT = 120;
  static final int AT_VOLUME_COUNT = 124;
  static final int AT_BODY = 128;

  /**
   * A part of the stream.
   *
   * @param number of the logfile
   * @param epochId of the epoch it was written in
   * @param baseLsn LSN of its first record
   * @param endLsn where its last record ended
   */
  public record Piece(long number, UUID epochId, long baseLsn, long endLsn) {
    /** A part that can be. */
    public Piece {
      Invariant.check(number > 0, "logfile number", number);
      Invariant.check(0 <= baseLsn && baseLsn <= endLsn, "logfile from, to", baseLsn, endLsn);
    }
  }

  /** A summary within its limits; its sets are frozen. */
  public Summary {
    Invariant.check(touched.size() <= Checkpoint.MAX_VOLUMES, "volumes", touched.size());
    touched = Collections.unmodifiableSortedMap(new TreeMap<>(touched));
    touched.forEach((volume, regions) -> {
      Invariant.check(0 <= volume && volume <= 0xFFFF, "volume", volume);
      regions.freeze();
    });
  }

  /** Replaces what is in the scratch by this entry, whose size is a multiple of the alignment. */
  public void encode(Scratch into) {
    into.clear().putLong(MAGIC).putInt(0).putShort(Block.VERSION).putShort(Block.OLDEST_READER);
    into.putUuid(resourceId).putInt(0).putInt(0);
    into.putLong(piece.number).putLong(piece.baseLsn).putLong(piece.endLsn);
    into.putUuid(piece.epochId).putDigest(digest);
    into.putLong(digests.firstLsn()).putInt(digests.digests().size());
    into.putShort(touched.size()).putShort(0);
    digests.digests().forEach(into::putDigest);
    touched.forEach((volume, regions) -> {
      into.putShort(volume);
      regions.encode(into, MAX_RUNS / touched.size());
    });
    into.setInt(AT_BODY_BYTES, into.sizeBytes() - AT_BODY);
    into.alignTo(ALIGNMENT_BYTES);
    into.setInt(AT_ENTRY_BYTES, into.sizeBytes());
    into.setInt(Block.AT_CRC, into.crc(Block.AT_VERSION));
  }

  /**
   * How long the entry at index {@code at} says it is: a multiple of the alignment, or 0 if there
   * is nothing that looks like an entry. Nothing else of it has been checked.
   */
  public static int entryBytes(ByteBuffer from, int at) {
    if (at < 0 || from.limit() - at < ALIGNMENT_BYTES) {
      return 0;
    }
    byte[] start = new byte[AT_BODY];
    from.get(at, start, 0, AT_BODY);
    int bytes = Bits.getInt(start, AT_ENTRY_BYTES);
    boolean plausible =
        Bits.getLong(start, Block.AT_MAGIC) == MAGIC
            && 0 < bytes
            && bytes <= MAX_BYTES
            && bytes % ALIGNMENT_BYTES == 0;
    return plausible ? bytes : 0;
  }

  /** Reads the entry at index {@code at}, of whatever resource; never throws. */
  public static Reading<Summary> decode(ByteBuffer from, int at, Scratch scratch) {
    int bytes = entryBytes(from, at);
    if (bytes == 0) {
      return new Reading.Corrupt<>("no entry");
    }
    if (bytes > from.limit() - at) {
      return new Reading.Corrupt<>("only " + (from.limit() - at) + " bytes of " + bytes);
    }
    try {
      scratch.load(from, at, bytes);
      int crc = scratch.crc(Block.AT_VERSION);
      scratch.skip(Block.AT_CRC);
      if (scratch.takeInt() != crc) {
        return new Reading.Corrupt<>("checksum does not match");
      }
      scratch.takeShort();
      int oldestReader = scratch.takeShort();
      return oldestReader > Block.VERSION
          ? new Reading.TooNew<>("needs format version " + oldestReader)
          : new Reading.Sound<>(take(scratch));
    } catch (FormatException e) {
      return new Reading.Corrupt<>(e.getMessage());
    } catch (Invariant.Broken e) {
      // A value that its own constructor refuses: the bytes are at fault here, not the program.
      return new Reading.Corrupt<>("impossible value: " + e.getMessage());
    }
  }

  /**
   * Reads the entry at index {@code at} of a file that should be of this resource; never throws.
   */
  public static Reading<Summary> decode(ByteBuffer from, int at, Scratch scratch, UUID resourceId) {
    return decode(from, at, scratch).ownedBy(resourceId, Summary::resourceId);
  }

  private static Summary take(Scratch from) throws FormatException {
    UUID resourceId = from.takeUuid();
    from.skip(Integer.BYTES);
    int bodyBytes = from.takeInt();
    long number = from.takeLong();
    long baseLsn = from.takeLong();
    long endLsn = from.takeLong();
    Piece piece = new Piece(number, from.takeUuid(), baseLsn, endLsn);
    Digest digest = from.takeDigest();
    long firstLsn = from.takeLong();
    int digestCount = from.takeCount(DigestIndex.MAX_DIGESTS);
    int volumeCount = from.takeShort();
    from.takeShort();
    List<Digest> digests = new ArrayList<>();
    for (int i = 0; i < digestCount; i++) {
      digests.add(from.takeDigest());
    }
    SortedMap<Integer, RegionSet> touched = new TreeMap<>();
    for (int i = 0; i < volumeCount; i++) {
      int at = from.position();
      if (touched.put(from.takeShort(), RegionSet.decode(from)) != null) {
        throw new FormatException(at, "two sets of regions of one volume");
      }
    }
    if (from.position() != AT_BODY + bodyBytes) {
      throw new FormatException(from.position(), "body should end at " + (AT_BODY + bodyBytes));
    }
    return new Summary(resourceId, piece, digest, new DigestIndex(firstLsn, digests), touched);
  }
}
