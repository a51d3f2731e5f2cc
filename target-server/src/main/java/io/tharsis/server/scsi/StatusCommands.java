package io.tharsis.server.scsi;

/** The commands that ask what a logical unit is and how it is. */
final class StatusCommands {

  private StatusCommands() {}

  /** INQUIRY, SPC-4 6.6. */
  static Task inquiry(LogicalUnit unit, Arrival arrival) {
    byte[] cdb = arrival.cdb();
    int allocationLength = Cdb.u16(cdb, 3);
    if (Cdb.bit(cdb, 1, 1)) {
      return arrival.refuse(Sense.invalidField(1, 1)); // CMDDT, obsolete
    }
    if (!Cdb.bit(cdb, 1, 0)) {
      return cdb[2] == 0
          ? arrival.good(unit.parameters().standardInquiry(), allocationLength)
          : arrival.refuse(Sense.invalidField(2));
    }
    return unit.parameters()
        .vpdPages()
        .page(Cdb.u8(cdb, 2))
        .map(page -> arrival.good(page, allocationLength))
        .orElseGet(() -> arrival.refuse(Sense.invalidField(2)));
  }

  /** REPORT LUNS, SPC-4 6.33. */
  static Task reportLuns(LogicalUnit unit, Arrival arrival) {
    return unit.reportedLuns().answer(arrival);
  }

  /** REQUEST SENSE, SPC-4 6.39: takes a pending unit attention. */
  static Task requestSense(LogicalUnit unit, Arrival arrival) {
    NexusState nexus = arrival.nexus();
    boolean pending = nexus.attentionPending(unit.index());
    return sense(arrival, pending ? nexus.takeAttention(unit.index()).sense() : Sense.NONE);
  }

  /** Sense data as parameter data, in the format that DESC asks for. */
  static Task sense(Arrival arrival, Sense sense) {
    byte[] cdb = arrival.cdb();
    byte[] data = Cdb.bit(cdb, 1, 0) ? sense.descriptor() : sense.fixed();
    return arrival.good(data, Cdb.u8(cdb, 4));
  }

  /** READ CAPACITY (10), SBC-3 5.15. */
  static Task readCapacity10(LogicalUnit unit, Arrival arrival) {
    byte[] data = unit.parameters().capacity10();
    return arrival.good(data, data.length);
  }

  /** READ CAPACITY (16), SBC-3 5.16. */
  static Task readCapacity16(LogicalUnit unit, Arrival arrival) {
    return arrival.good(unit.parameters().capacity16(), Cdb.u32(arrival.cdb(), 10));
  }
}
