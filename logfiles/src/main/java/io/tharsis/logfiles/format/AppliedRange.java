package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;

/**
 * What the Applier put on a disk, so that attaching can tell whether it is still there.
 *
 * @param volume number of the volume
 * @param offset first byte on the disk
 * @param lengthBytes how many, positive
 * @param crc CRC32C of the content
 */
public record AppliedRange(int volume, long offset, long lengthBytes, int crc) {

  /** A range that can be on a disk. */
  public AppliedRange {
    Invariant.check(0 <= volume && volume <= 0xFFFF, "volume", volume);
    Invariant.check(
        offset >= 0 && lengthBytes > 0 && offset <= Long.MAX_VALUE - lengthBytes,
        "applied range",
        offset,
        lengthBytes);
  }
}
