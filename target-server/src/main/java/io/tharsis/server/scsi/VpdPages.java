package io.tharsis.server.scsi;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.TreeMap;

/** The vital product data pages of a logical unit, SPC-4 7.8 and SBC-3 6.6, built once. */
final class VpdPages {

  private static final int HEADER_BYTES = 4;
  private static final int BLOCK_PAGE_BYTES = 0x40;

  /** In ascending order of page codes, as page 00 must list them. */
  private final TreeMap<Integer, byte[]> pages = new TreeMap<>();

  VpdPages(Identity identity, TargetPort port) {
    pages.put(0x80, page(0x80, identity.serial().getBytes(StandardCharsets.US_ASCII)));
    pages.put(0x83, page(0x83, Designators.of(identity, port)));
    pages.put(0xb0, blockLimits());
    pages.put(0xb1, blockDeviceCharacteristics());
    pages.put(0xb2, logicalBlockProvisioning());
    pages.put(0x00, supported());
  }

  /** A page with its header. */
  Optional<byte[]> page(int code) {
    return Optional.ofNullable(pages.get(code));
  }

  private byte[] supported() {
    byte[] codes = new byte[1 + pages.size()];
    int at = 1;
    for (int code : pages.keySet()) {
      codes[at] = (byte) code;
      at++;
    }
    return page(0x00, codes);
  }

  private static byte[] blockLimits() {
    byte[] page = header(0xb0, BLOCK_PAGE_BYTES);
    Cdb.put16(page, 6, BlockSize.LOGICAL_PER_PHYSICAL); // optimal transfer length granularity
    Cdb.put32(page, 8, TransferCheck.MAX_BLOCKS);
    Cdb.put32(page, 12, (1 << 20) / BlockSize.LOGICAL); // optimal transfer length: 1 MiB
    Cdb.put32(page, 20, UnmapCommand.MAX_BLOCKS);
    Cdb.put32(page, 24, UnmapCommand.MAX_DESCRIPTORS);
    Cdb.put32(page, 28, BlockSize.LOGICAL_PER_PHYSICAL); // optimal unmap granularity
    Cdb.put32(page, 32, 0x8000_0000L); // UGAVALID, aligned at block 0
    return page;
  }

  private static byte[] blockDeviceCharacteristics() {
    byte[] page = header(0xb1, BLOCK_PAGE_BYTES);
    Cdb.put16(page, 4, 0x0001); // non-rotating medium
    return page;
  }

  private static byte[] logicalBlockProvisioning() {
    byte[] page = header(0xb2, 8);
    page[5] = (byte) 0x84; // LBPU: UNMAP is there; LBPRZ: unmapped blocks read as zeros
    page[6] = 0x02; // thin provisioned
    return page;
  }

  private static byte[] page(int code, byte[] content) {
    byte[] page = header(code, HEADER_BYTES + content.length);
    System.arraycopy(content, 0, page, HEADER_BYTES, content.length);
    return page;
  }

  private static byte[] header(int code, int bytes) {
    byte[] page = new byte[bytes];
    page[1] = (byte) code;
    Cdb.put16(page, 2, bytes - HEADER_BYTES);
    return page;
  }
}
