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

/** The designation descriptors of VPD page 83 that name a logical unit, SPC-4 7.8.6. */
final class Designators {

  private static final int HEADER_BYTES = 4;

  private Designators() {}

  /** All of them, one after the other. */
  static byte[] of(Identity identity) {
    byte[] naa = new byte[Long.BYTES];
    Cdb.put64(naa, 0, identity.naa());
    IdentificationDescriptor[] descriptors = {
      descriptor(CodeSet.BINARY_VALUES, IdentifierType.NAA, naa),
      descriptor(
          CodeSet.ASCII_PRINTABLE_VALUES,
          IdentifierType.T10_VENDOR_ID_BASED,
          identity.vendorBased()),
      descriptor(CodeSet.UTF8_CODES, IdentifierType.SCSI_NAME_STRING, padded(identity.name()))
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

  private static IdentificationDescriptor descriptor(
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

  /** SCSI name strings end in one to four zero bytes, at a multiple of four. */
  private static byte[] padded(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
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
