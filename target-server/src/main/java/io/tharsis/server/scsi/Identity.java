package io.tharsis.server.scsi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * Who a logical unit is, on every node and for ever: all of it follows from the resource and the
 * volume's number in it. The reasons are in {@code docs/adr/0010-identity.md}.
 *
 * @param resource the resource
 * @param number the volume's number in it
 */
record Identity(UUID resource, int number) {

  /** T10 VENDOR IDENTIFICATION, eight characters. */
  static final String VENDOR = "THARSIS ";

  private static final String NAMING_AUTHORITY = "iqn.2026-11.io.tharsis:";

  /** PRODUCT SERIAL NUMBER: the resource in 32 and the volume in four hexadecimal digits. */
  String serial() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(resource.getMostSignificantBits())
        + hex.toHexDigits(resource.getLeastSignificantBits())
        + "-"
        + hex.toHexDigits((short) number);
  }

  /** NAA locally assigned, SPC-4 7.8.6.6.4: 3h and 60 bits of a digest. */
  long naa() {
    ByteBuffer name = ByteBuffer.allocate(20);
    name.putLong(resource.getMostSignificantBits());
    name.putLong(resource.getLeastSignificantBits());
    name.putInt(number);
    long digest = ByteBuffer.wrap(sha256(name.array())).getLong();
    return 0x3L << 60 | digest >>> 4;
  }

  /** SCSI name string of the logical unit, SPC-4 7.8.6.11, without the padding. */
  String name() {
    return NAMING_AUTHORITY + resource + ",L,0x" + HexFormat.of().toHexDigits((long) number);
  }

  /** The T10 vendor ID based designator, SPC-4 7.8.6.4. */
  byte[] vendorBased() {
    return (VENDOR + serial()).getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
