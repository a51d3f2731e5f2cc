package io.tharsis.server.scsi;

/**
 * GET LBA STATUS, SBC-3 5.6. A volume does not know which of its blocks are allocated, so every
 * block from the starting address to the end has the status that says so: mapped or unknown.
 */
final class GetLbaStatusCommand implements CommandTable.Command {

  private static final int HEADER_BYTES = 8;
  private static final int DESCRIPTOR_BYTES = 16;

  /** What NUMBER OF LOGICAL BLOCKS of one descriptor can say. */
  private static final long MAX_DESCRIPTOR_BLOCKS = 0xffff_ffffL;

  /** Descriptors in one answer, 512 TiB; an initiator that wants to know more asks again. */
  private static final int MAX_DESCRIPTORS = 256;

  @Override
  public Task begin(LogicalUnit unit, Arrival arrival) {
    long lba = CdbFormat.SIXTEEN.lba(arrival.cdb());
    if (!TransferCheck.inRange(lba, 1, unit.blocks())) {
      return arrival.refuse(Sense.LBA_OUT_OF_RANGE);
    }
    long allocationLength = Cdb.u32(arrival.cdb(), 10);
    return arrival.good(parameterData(lba, unit.blocks(), allocationLength), allocationLength);
  }

  /** As many descriptors as are needed and fit, and never less than one (SBC-3 5.6.2). */
  static byte[] parameterData(long lba, long capacity, long allocationLength) {
    long needed = 1 + (capacity - lba - 1) / MAX_DESCRIPTOR_BLOCKS;
    long fitting = Math.max(1, (allocationLength - HEADER_BYTES) / DESCRIPTOR_BYTES);
    int count = (int) Math.min(Math.min(needed, fitting), MAX_DESCRIPTORS);
    byte[] data = new byte[HEADER_BYTES + count * DESCRIPTOR_BYTES];
    Cdb.put32(data, 0, data.length - 4);
    long from = lba;
    for (int at = HEADER_BYTES; at < data.length; at += DESCRIPTOR_BYTES) {
      long blocks = Math.min(capacity - from, MAX_DESCRIPTOR_BLOCKS);
      Cdb.put64(data, at, from);
      Cdb.put32(data, at + 8, blocks);
      from += blocks;
    }
    return data; // PROVISIONING STATUS, byte 12 of a descriptor: 0h, mapped or unknown
  }
}
