package io.tharsis.server.scsi;

import io.tharsis.logfiles.volume.Volume;

/** What a logical unit says about itself, as the bytes that are sent; built once per change. */
final class ParameterData {

  private final byte[] standardInquiry;
  private final VpdPages vpdPages;
  private final ModePages modePages;
  private final byte[] capacity10;
  private final byte[] capacity16;

  ParameterData(Volume volume, TargetPort port) {
    standardInquiry = StandardInquiry.present(port.control().isExplicit());
    long lastLba = (volume.sizeBytes() >>> BlockSize.LOGICAL_SHIFT) - 1;
    vpdPages = new VpdPages(new Identity(volume.resourceId(), volume.number()), port);
    modePages = new ModePages(volume);
    capacity10 = new byte[8];
    Cdb.put32(capacity10, 0, Math.min(lastLba, 0xffff_ffffL));
    Cdb.put32(capacity10, 4, BlockSize.LOGICAL);
    capacity16 = new byte[32];
    Cdb.put64(capacity16, 0, lastLba);
    Cdb.put32(capacity16, 8, BlockSize.LOGICAL);
    capacity16[13] = BlockSize.PHYSICAL_EXPONENT;
    capacity16[14] = (byte) 0xc0; // LBPME, LBPRZ; the first block is aligned
  }

  byte[] standardInquiry() {
    return standardInquiry;
  }

  VpdPages vpdPages() {
    return vpdPages;
  }

  ModePages modePages() {
    return modePages;
  }

  /** READ CAPACITY (10) data, SBC-3 5.15: FFFFFFFFh where (16) must be asked. */
  byte[] capacity10() {
    return capacity10;
  }

  /** READ CAPACITY (16) data, SBC-3 5.16. */
  byte[] capacity16() {
    return capacity16;
  }
}
