package io.tharsis.server.scsi;

/** Block sizes that every logical unit reports: 512 bytes logical, 4096 bytes physical. */
final class BlockSize {

  static final int LOGICAL = 512;
  static final int LOGICAL_SHIFT = 9;

  /** LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT. */
  static final int PHYSICAL_EXPONENT = 3;

  static final int LOGICAL_PER_PHYSICAL = 1 << PHYSICAL_EXPONENT;

  private BlockSize() {}
}
