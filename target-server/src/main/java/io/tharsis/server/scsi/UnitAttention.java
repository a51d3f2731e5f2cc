package io.tharsis.server.scsi;

/**
 * Unit attention conditions, SAM-5 5.14, the most important first: that is the order in which
 * pending ones are reported.
 */
enum UnitAttention {
  /** POWER ON, RESET, OR BUS DEVICE RESET OCCURRED: a new nexus knows nothing yet. */
  POWER_ON(0, 0x2900),
  /** SCSI BUS RESET OCCURRED: the target device was reset. */
  TARGET_RESET(1, 0x2902),
  /** BUS DEVICE RESET FUNCTION OCCURRED: the logical unit was reset. */
  UNIT_RESET(2, 0x2903),
  /** COMMANDS CLEARED BY ANOTHER INITIATOR. */
  COMMANDS_CLEARED(3, 0x2f00),
  /** ASYMMETRIC ACCESS STATE CHANGED: which way to go comes before what is at its end. */
  ACCESS_STATE_CHANGED(4, 0x2a06),
  /** CAPACITY DATA HAS CHANGED. */
  CAPACITY_CHANGED(5, 0x2a09);

  private static final int RESETS = TARGET_RESET.bit | UNIT_RESET.bit;

  private final int bit;
  private final int code;

  UnitAttention(int precedence, int code) {
    bit = 1 << precedence;
    this.code = code;
  }

  /** What is reported. */
  Sense sense() {
    return Sense.of(Sense.UNIT_ATTENTION, code);
  }

  /** The set {@code pending} with this one added; a reset says all that a lesser reset would. */
  int addTo(int pending) {
    boolean said = (bit & RESETS) != 0 && (pending & bit - 1) != 0;
    return said ? pending : pending | bit;
  }

  /** The first condition of a set that is not empty. */
  static UnitAttention firstOf(int pending) {
    int first = Integer.lowestOneBit(pending);
    for (UnitAttention attention : values()) {
      if (attention.bit == first) {
        return attention;
      }
    }
    throw new IllegalArgumentException("no unit attention is pending");
  }

  /** The set {@code pending} without this one. */
  int removeFrom(int pending) {
    return pending & ~bit;
  }
}
