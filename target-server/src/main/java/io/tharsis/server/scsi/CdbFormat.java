package io.tharsis.server.scsi;

/**
 * The fixed-length formats of a command descriptor block, SPC-4 4.2.2: how long it is and where
 * address, length and CONTROL byte are. Commands that have no such field do not ask for it.
 */
enum CdbFormat {
  SIX(6, 1, 4),
  TEN(10, 2, 7),
  TWELVE(12, 2, 6),
  SIXTEEN(16, 2, 10);

  private final int length;
  private final int lbaAt;
  private final int blocksAt;

  CdbFormat(int length, int lbaAt, int blocksAt) {
    this.length = length;
    this.lbaAt = lbaAt;
    this.blocksAt = blocksAt;
  }

  /** Bytes of the descriptor block. */
  int length() {
    return length;
  }

  /** Where the CONTROL byte is. */
  int controlAt() {
    return length - 1;
  }

  /** Where the TRANSFER LENGTH field begins. */
  int blocksAt() {
    return blocksAt;
  }

  /** LOGICAL BLOCK ADDRESS; negative stands for 2^63 and more. */
  long lba(byte[] cdb) {
    return switch (this) {
      case SIX -> (Cdb.u8(cdb, lbaAt) & 0x1f) << 16 | Cdb.u16(cdb, lbaAt + 1);
      case TEN, TWELVE -> Cdb.u32(cdb, lbaAt);
      case SIXTEEN -> Cdb.u64(cdb, lbaAt);
    };
  }

  /** TRANSFER LENGTH in blocks; 0 means 256 in the six-byte format (SBC-3 5.9). */
  long blocks(byte[] cdb) {
    return switch (this) {
      case SIX -> cdb[blocksAt] == 0 ? 256 : Cdb.u8(cdb, blocksAt);
      case TEN -> Cdb.u16(cdb, blocksAt);
      case TWELVE, SIXTEEN -> Cdb.u32(cdb, blocksAt);
    };
  }
}
