package io.tharsis.server.scsi;

import io.tharsis.logfiles.volume.VolumeFault;

/**
 * Why a command was not done, or what a unit has to say: sense key, additional sense code and where
 * it points. A value; its two encodings are SPC-4 4.5.2 (descriptor format) and 4.5.3 (fixed
 * format).
 *
 * @param key sense key, SPC-4 4.5.6
 * @param code additional sense code and qualifier, {@code ASC << 8 | ASCQ}
 * @param specific the three bytes of the SENSE KEY SPECIFIC field, 0 if not valid
 * @param information the INFORMATION field (a logical block address), or {@link #NO_INFORMATION}
 */
record Sense(int key, int code, int specific, long information) {

  static final long NO_INFORMATION = -1;

  static final int NOT_READY = 0x02;
  static final int MEDIUM_ERROR = 0x03;
  static final int HARDWARE_ERROR = 0x04;
  static final int ILLEGAL_REQUEST = 0x05;
  static final int UNIT_ATTENTION = 0x06;
  static final int DATA_PROTECT = 0x07;
  static final int ABORTED_COMMAND = 0x0b;

  static final Sense NONE = of(0, 0);
  static final Sense INVALID_OPCODE = illegal(0x2000, inCdb(0, -1));
  static final Sense LBA_OUT_OF_RANGE = of(ILLEGAL_REQUEST, 0x2100);
  static final Sense LOGICAL_UNIT_NOT_SUPPORTED = of(ILLEGAL_REQUEST, 0x2500);
  static final Sense PARAMETER_LIST_LENGTH = of(ILLEGAL_REQUEST, 0x1a00);
  static final Sense SAVING_NOT_SUPPORTED = illegal(0x3900, inCdb(2, 7));
  static final Sense INVALID_MESSAGE = of(ILLEGAL_REQUEST, 0x4900);

  /** LOGICAL UNIT NOT ACCESSIBLE, TARGET PORT IN UNAVAILABLE STATE. */
  static final Sense PORT_UNAVAILABLE = of(NOT_READY, 0x040c);

  /** SET TARGET PORT GROUPS COMMAND FAILED. */
  static final Sense PORT_GROUPS_NOT_SET = of(HARDWARE_ERROR, 0x670a);

  private static final int FIXED_BYTES = 18;
  private static final int DESCRIPTOR_HEADER_BYTES = 8;

  /** Sense data that points nowhere. */
  static Sense of(int key, int code) {
    return new Sense(key, code, 0, NO_INFORMATION);
  }

  /** INVALID FIELD IN CDB, pointing to a byte. */
  static Sense invalidField(int at) {
    return illegal(0x2400, inCdb(at, -1));
  }

  /** INVALID FIELD IN CDB, pointing to the highest bit of a field inside a byte. */
  static Sense invalidField(int at, int bit) {
    return illegal(0x2400, inCdb(at, bit));
  }

  /** INVALID FIELD IN PARAMETER LIST, pointing to a byte of the data-out. */
  static Sense invalidParameter(int at) {
    return illegal(0x2600, 0x800000 | at);
  }

  /**
   * What an initiator is told about a fault of the storage. The volume does not say which block of
   * a range could not be read, so the first one is named: nothing of the command counts as done.
   */
  static Sense of(VolumeFault fault, long lba) {
    return switch (fault) {
      case READ_FAILED -> new Sense(MEDIUM_ERROR, 0x1100, 0, lba);
      case LOG_STOPPED -> new Sense(MEDIUM_ERROR, 0x0c00, 0, lba);
      case SPACE_EXHAUSTED -> of(DATA_PROTECT, 0x2707);
      case NOT_READY -> of(NOT_READY, 0x0401);
      case TRANSITIONING, MOVED -> of(NOT_READY, 0x040a);
      case UNAVAILABLE -> of(NOT_READY, 0x040c);
      case INTERRUPTED -> of(ABORTED_COMMAND, 0x0000);
    };
  }

  /** Fixed format, 18 bytes; an address above 2^32 has no place in it and is left out. */
  byte[] fixed() {
    byte[] sense = new byte[FIXED_BYTES];
    sense[0] = 0x70;
    sense[2] = (byte) key;
    if (information >= 0 && information <= 0xffff_ffffL) {
      sense[0] |= (byte) 0x80;
      Cdb.put32(sense, 3, information);
    }
    sense[7] = FIXED_BYTES - 8;
    Cdb.put16(sense, 12, code);
    putSpecific(sense, 15);
    return sense;
  }

  /** Descriptor format: INFORMATION and SENSE KEY SPECIFIC descriptors where there is one. */
  byte[] descriptor() {
    int informationBytes = information >= 0 ? 12 : 0;
    int specificBytes = specific != 0 ? 8 : 0;
    byte[] sense = new byte[DESCRIPTOR_HEADER_BYTES + informationBytes + specificBytes];
    sense[0] = 0x72;
    sense[1] = (byte) key;
    Cdb.put16(sense, 2, code);
    sense[7] = (byte) (informationBytes + specificBytes);
    if (informationBytes > 0) {
      sense[DESCRIPTOR_HEADER_BYTES + 1] = 0x0a;
      sense[DESCRIPTOR_HEADER_BYTES + 2] = (byte) 0x80;
      Cdb.put64(sense, DESCRIPTOR_HEADER_BYTES + 4, information);
    }
    if (specificBytes > 0) {
      int at = DESCRIPTOR_HEADER_BYTES + informationBytes;
      sense[at] = 0x02;
      sense[at + 1] = 0x06;
      putSpecific(sense, at + 4);
    }
    return sense;
  }

  private void putSpecific(byte[] sense, int at) {
    sense[at] = (byte) (specific >> 16);
    Cdb.put16(sense, at + 1, specific);
  }

  private static Sense illegal(int code, int specific) {
    return new Sense(ILLEGAL_REQUEST, code, specific, NO_INFORMATION);
  }

  /** Field pointer, SPC-4 4.5.2.4.2: SKSV, C/D, and BPV with the bit unless {@code bit < 0}. */
  private static int inCdb(int at, int bit) {
    return (bit < 0 ? 0xc00000 : 0xc80000 | bit << 16) | at;
  }
}
