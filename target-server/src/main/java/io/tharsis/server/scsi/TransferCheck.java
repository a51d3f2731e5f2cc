package io.tharsis.server.scsi;

/** What READ, WRITE and SYNCHRONIZE CACHE have in common: is this range of blocks allowed. */
final class TransferCheck {

  /**
   * MAXIMUM TRANSFER LENGTH of VPD page B0: 8 MiB, the largest payload of one record of the log, so
   * that a command is never cut in two.
   */
  static final int MAX_BLOCKS = (8 << 20) / BlockSize.LOGICAL;

  private TransferCheck() {}

  /** Whether {@code blocks} blocks from {@code lba} (2^63 and more: negative) are on the medium. */
  static boolean inRange(long lba, long blocks, long capacity) {
    return lba >= 0 && lba < capacity && blocks <= capacity - lba;
  }
}
