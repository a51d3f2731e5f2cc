package io.tharsis.server.scsi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jscsi.target.scsi.inquiry.Association;
import org.jscsi.target.scsi.inquiry.CodeSet;
import org.jscsi.target.scsi.inquiry.IdentificationDescriptor;
import org.jscsi.target.scsi.inquiry.Identifier;
import org.jscsi.target.scsi.inquiry.IdentifierType;
import org.jscsi.target.scsi.inquiry.ProtocolIdentifier;

/**
 * The designation descriptors of VPD page 83, SPC-4 7.8.6: who the logical unit is, which is the
 * same everywhere, and through which port it was asked.
 */
final class Designators {

  private static final int HEADER_BYTES = 4;

  private Designators() {}

  /** All of them, one after the other. */
  static byte[] of(Identity identity, TargetPort port) {
    byte[] naa = new byte[Long.BYTES];
    Cdb.put64(naa, 0, identity.naa());
    byte[] group = new byte[Integer.BYTES];
    Cdb.put32(group, 0, port.groups().own());
    IdentificationDescriptor[] descriptors = {
      ofUnit(CodeSet.BINARY_VALUES, IdentifierType.NAA, naa),
      ofUnit(
          CodeSet.ASCII_PRINTABLE_VALUES,
          IdentifierType.T10_VENDOR_ID_BASED,
          identity.vendorBased()),
      ofUnit(
          CodeSet.UTF8_CODES,
          IdentifierType.SCSI_NAME_STRING,
          padded(identity.name().getBytes(StandardCharsets.UTF_8))),
      ofPort(CodeSet.BINARY_VALUES, IdentifierType.RELATIVE_TARGET_PORT_IDENTIFIERT, group),
      ofPort(CodeSet.BINARY_VALUES, IdentifierType.TARGET_PORT_GROUP, group),
      ofPort(CodeSet.UTF8_CODES, IdentifierType.SCSI_NAME_STRING, padded(port.name()))
    };
    ByteBuffer all =
        ByteBuffer.allocate(
            Arrays.stream(descriptors).mapToInt(IdentificationDescriptor::size).sum());
    int at = 0;
    for (IdentificationDescriptor descriptor : descriptors) {
      descriptor.serialize(all, at);
      at += descriptor.size();
    }
    return all.array();
  }

  private static IdentificationDescriptor ofUnit(
      CodeSet codeSet, IdentifierType type, byte[] value) {
    // without PIV the protocol identifier is reserved: FIBRE_CHANNEL is the one that is zero
    return new IdentificationDescriptor(
        ProtocolIdentifier.FIBRE_CHANNEL,
        codeSet,
        false,
        Association.LOGICAL_UNIT,
        type,
        new Bytes(value));
  }

  private static IdentificationDescriptor ofPort(
      CodeSet codeSet, IdentifierType type, byte[] value) {
    return new IdentificationDescriptor(
        ProtocolIdentifier.INTERNET_SCSI,
        codeSet,
        true,
        Association.TARGET_PORT,
        type,
        new Bytes(value));
  }

  /** SCSI name strings end in one to four zero bytes, at a multiple of four. */
  private static byte[] padded(byte[] utf8) {
    return Arrays.copyOf(utf8, (utf8.length & -HEADER_BYTES) + HEADER_BYTES);
  }

  private static final class Bytes extends Identifier {

    private final byte[] value;

    Bytes(byte[] value) {
      this.value = value;
    }

    @Override
    public void serialize(ByteBuffer into, int at) {
      into.put(at, value);
    }

    @Override
    public int size() {
      return value.length;
    }
  }
}
