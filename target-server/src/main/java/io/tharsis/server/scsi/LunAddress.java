package io.tharsis.server.scsi;

/**
 * Logical unit numbers, SAM-5 4.7: single level, peripheral device addressing on bus 0 below 256
 * and flat space addressing above; both are understood for every number that fits.
 */
final class LunAddress {

  /** Largest volume number that has an address. */
  static final int MAX_NUMBER = 0x3fff;

  private static final long BELOW_FIRST_LEVEL = 0x0000_ffff_ffff_ffffL;

  private LunAddress() {}

  /** The volume number that a logical unit number stands for, or -1 if it can be none. */
  static int number(long lun) {
    int first = (int) (lun >>> 48);
    if ((lun & BELOW_FIRST_LEVEL) != 0) {
      return -1;
    }
    return switch (first >>> 14) {
      case 0 -> first <= 0xff ? first : -1;
      case 1 -> first & MAX_NUMBER;
      default -> -1;
    };
  }

  /** The logical unit number of a volume. */
  static long of(int number) {
    return (long) (number <= 0xff ? number : 0x4000 | number) << 48;
  }
}
