package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Why a log takes no more writes: a write or sync of a logfile failed, which is final for that
 * file. Kept outside of it until an operator clears it by name. A blank block says there is none.
 *
 * @param resourceId whose log it is
 * @param logfile the file that failed
 * @param lsn up to where the log was durable when it did
 * @param wallMillis when, in milliseconds since 1970-01-01 UTC
 * @param reason in words for people; cut to {@link #MAX_REASON_BYTES} on the disk
 */
public record Poison(UUID resourceId, String logfile, long lsn, long wallMillis, String reason) {

  /** Bytes of a marker. */
  public static final int BYTES = Block.BYTES;

  /** Most bytes of a logfile name in UTF-8. */
  public static final int MAX_NAME_BYTES = 254;

  /** Most bytes of a reason in UTF-8. */
  public static final int MAX_REASON_BYTES = 3582;

  static final long MAGIC = Block.magic("THARSISP");

  static final int AT_LSN = 32;
  static final int AT_WALL = 40;
  static final int AT_NAME = 256;
  static final int AT_REASON = 512;

  /** A marker that names a place in the log. */
  public Poison {
    Invariant.check(lsn >= 0, "poison LSN", lsn);
  }

  /** Writes the marker, {@link #BYTES} bytes from index {@code at}. */
  public void encode(ByteBuffer into, int at) {
    byte[] bytes = Block.begin(MAGIC, resourceId);
    Bits.putLong(bytes, AT_LSN, lsn);
    Bits.putLong(bytes, AT_WALL, wallMillis);
    Block.putText(bytes, AT_NAME, logfile, MAX_NAME_BYTES);
    Block.putText(bytes, AT_REASON, reason, MAX_REASON_BYTES);
    Block.seal(bytes, into, at);
  }

  /**
   * Reads the marker at index {@code at}; never throws. Blank means that the log is not poisoned.
   */
  public static Reading<Poison> decode(ByteBuffer from, int at) {
    return Block.open(from, at, MAGIC, Poison::read);
  }

  /** Reads the marker at index {@code at} of a log of this resource; never throws. */
  public static Reading<Poison> decode(ByteBuffer from, int at, UUID resourceId) {
    return decode(from, at).ownedBy(resourceId, Poison::resourceId);
  }

  private static Poison read(UUID resourceId, byte[] bytes) throws FormatException {
    return new Poison(
        resourceId,
        Block.getText(bytes, AT_NAME, MAX_NAME_BYTES),
        Bits.getLong(bytes, AT_LSN),
        Bits.getLong(bytes, AT_WALL),
        Block.getText(bytes, AT_REASON, MAX_REASON_BYTES));
  }
}
