package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * What is known of a branch that is kept beside a log, in a file of its own.
 *
 * @param resourceId whose log it was
 * @param epochNumber of the newest epoch in it
 * @param epochId of that epoch
 * @param fromLsn where it begins: the fork
 * @param toLsn up to where there are whole records
 * @param firstMillis wall clock of the first change in it, milliseconds since 1970-01-01 UTC; 0 if
 *     there is none
 * @param lastMillis of the last change
 * @param keptMillis since when it is kept, by the wall clock of the node that keeps it
 */
public record BranchNote(
    UUID resourceId,
    long epochNumber,
    UUID epochId,
    long fromLsn,
    long toLsn,
    long firstMillis,
    long lastMillis,
    long keptMillis) {

  /** Bytes of a note. */
  public static final int BYTES = Block.BYTES;

  static final long MAGIC = Block.magic("THARSISB");

  static final int AT_EPOCH = 32;
  static final int AT_EPOCH_ID = 40;
  static final int AT_FROM = 56;
  static final int AT_TO = 64;
  static final int AT_FIRST = 72;
  static final int AT_LAST = 80;
  static final int AT_KEPT = 88;

  /** A note that makes sense. */
  public BranchNote {
    Invariant.check(0 <= fromLsn && fromLsn <= toLsn, "branch", fromLsn, toLsn);
  }

  /** Writes the note, {@link #BYTES} bytes from index {@code at}. */
  public void encode(ByteBuffer into, int at) {
    byte[] bytes = Block.begin(MAGIC, resourceId);
    Bits.putLong(bytes, AT_EPOCH, epochNumber);
    Bits.putUuid(bytes, AT_EPOCH_ID, epochId);
    Bits.putLong(bytes, AT_FROM, fromLsn);
    Bits.putLong(bytes, AT_TO, toLsn);
    Bits.putLong(bytes, AT_FIRST, firstMillis);
    Bits.putLong(bytes, AT_LAST, lastMillis);
    Bits.putLong(bytes, AT_KEPT, keptMillis);
    Block.seal(bytes, into, at);
  }

  /** Reads the note at index {@code at}; never throws. */
  public static Reading<BranchNote> decode(ByteBuffer from, int at) {
    return Block.open(from, at, MAGIC, BranchNote::read);
  }

  private static BranchNote read(UUID resourceId, byte[] bytes) {
    return new BranchNote(
        resourceId,
        Bits.getLong(bytes, AT_EPOCH),
        Bits.getUuid(bytes, AT_EPOCH_ID),
        Bits.getLong(bytes, AT_FROM),
        Bits.getLong(bytes, AT_TO),
        Bits.getLong(bytes, AT_FIRST),
        Bits.getLong(bytes, AT_LAST),
        Bits.getLong(bytes, AT_KEPT));
  }
}
