package io.tharsis.server.iscsi;

/**
 * What the additional header segments of a SCSI Command say, RFC 7143 11.2.2: at most one extended
 * CDB and at most one bidirectional read length. Others are skipped.
 *
 * @param cdb the whole command descriptor block, 16 to 260 bytes
 * @param readBytes bidirectional read expected data transfer length, 0 if none
 */
record AdditionalHeaders(byte[] cdb, long readBytes) {

  private static final int CDB_AT = 32;
  private static final int CDB_BYTES = 16;
  private static final int MAX_CDB_BYTES = 260;
  private static final int EXTENDED_CDB = 1;
  private static final int BIDIRECTIONAL_READ = 2;

  /** Reads them; {@link ProtocolViolation} if a segment does not fit or comes twice. */
  static AdditionalHeaders of(Bhs bhs) {
    byte[] cdb = bhs.range(CDB_AT, CDB_AT + CDB_BYTES);
    if (bhs.ahsBytes() == 0) {
      return new AdditionalHeaders(cdb, 0);
    }
    long readBytes = 0;
    int seen = 0;
    int at = Bhs.BYTES;
    int end = Bhs.BYTES + bhs.ahsBytes();
    while (at < end) {
      int length = bhs.byteAt(at) << 8 | bhs.byteAt(at + 1);
      int type = bhs.byteAt(at + 2) & 0x3f;
      int next = at + (3 + length + 3) / 4 * 4;
      boolean known = type == EXTENDED_CDB || type == BIDIRECTIONAL_READ;
      if (length == 0 || next > end || (known && (seen & 1 << type) != 0)) {
        throw ProtocolViolation.reject(RejectReason.INVALID_PDU_FIELD, "additional header segment");
      }
      seen |= known ? 1 << type : 0;
      if (type == EXTENDED_CDB) {
        cdb = extended(bhs, cdb, at + 4, length - 1);
      } else if (type == BIDIRECTIONAL_READ) {
        readBytes = length == 5 ? bhs.intAt(at + 4) & 0xffffffffL : 0;
      }
      at = next;
    }
    return new AdditionalHeaders(cdb, readBytes);
  }

  private static byte[] extended(Bhs bhs, byte[] head, int from, int count) {
    if (CDB_BYTES + count > MAX_CDB_BYTES) {
      throw ProtocolViolation.reject(RejectReason.INVALID_PDU_FIELD, "extended CDB too long");
    }
    byte[] whole = java.util.Arrays.copyOf(head, CDB_BYTES + count);
    System.arraycopy(bhs.range(from, from + count), 0, whole, CDB_BYTES, count);
    return whole;
  }
}
