package io.tharsis.server.scsi;

import java.nio.charset.StandardCharsets;

/** Standard INQUIRY data, SPC-4 6.6.2: what is here, and which standards it answers by. */
final class StandardInquiry {

  private static final int BYTES = 74;
  private static final int HEADER_BYTES = 5;
  private static final String PRODUCT = "VOLUME          ";
  private static final String REVISION = "0.1 ";

  /** SAM-5, SPC-4, SBC-3, iSCSI, each without a claimed revision (SPC-4 table 142). */
  private static final int[] VERSION_DESCRIPTORS = {0x00a0, 0x0460, 0x04c0, 0x0960};

  private StandardInquiry() {}

  /**
   * For a logical unit that exists: a direct access block device.
   *
   * @param explicit whether initiators may set target port groups, told by TPGS
   */
  static byte[] present(boolean explicit) {
    byte[] data = data(0x00);
    data[5] = (byte) (explicit ? 0x30 : 0x10); // TPGS: implicit, or both
    return data;
  }

  /** For one that does not: peripheral qualifier 011b, device type 1Fh. */
  static byte[] absent() {
    return data(0x7f);
  }

  private static byte[] data(int peripheral) {
    byte[] data = new byte[BYTES];
    data[0] = (byte) peripheral;
    data[2] = 0x06; // SPC-4
    data[3] = 0x02; // NORMACA=0, HISUP=0, response data format 2
    data[4] = BYTES - HEADER_BYTES;
    data[7] = 0x02; // CMDQUE
    put(data, 8, Identity.VENDOR);
    put(data, 16, PRODUCT);
    put(data, 32, REVISION);
    int at = 58;
    for (int descriptor : VERSION_DESCRIPTORS) {
      Cdb.put16(data, at, descriptor);
      at += Short.BYTES;
    }
    return data;
  }

  private static void put(byte[] data, int at, String text) {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(ascii, 0, data, at, ascii.length);
  }
}
