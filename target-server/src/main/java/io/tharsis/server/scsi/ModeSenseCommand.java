package io.tharsis.server.scsi;

/** MODE SENSE (6) and (10), SPC-4 6.13 and 6.14. */
final class ModeSenseCommand implements CommandTable.Command {

  private static final int CURRENT = 0;
  private static final int CHANGEABLE = 1;
  private static final int SAVED = 3;
  private static final int ALL_SUBPAGES = 0xff;

  private final boolean six;

  ModeSenseCommand(CdbFormat format) {
    six = format == CdbFormat.SIX;
  }

  @Override
  public Task begin(LogicalUnit unit, Arrival arrival) {
    byte[] cdb = arrival.cdb();
    int control = Cdb.u8(cdb, 2) >> 6;
    int page = cdb[2] & 0x3f;
    int subpage = Cdb.u8(cdb, 3);
    int allocationLength = six ? Cdb.u8(cdb, 4) : Cdb.u16(cdb, 7);
    if (control == SAVED) {
      return arrival.refuse(Sense.SAVING_NOT_SUPPORTED);
    }
    // no page has subpages, so all subpages of a page are the page itself
    if (subpage != CURRENT && subpage != ALL_SUBPAGES) {
      return arrival.refuse(Sense.invalidField(3));
    }
    return unit.parameters()
        .modePages()
        .list(form(cdb), page, control == CHANGEABLE)
        .map(list -> arrival.good(list, allocationLength))
        .orElseGet(() -> arrival.refuse(Sense.invalidField(2, 5)));
  }

  private ModePages.Form form(byte[] cdb) {
    boolean bare = Cdb.bit(cdb, 1, 3); // DBD
    if (six) {
      return bare ? ModePages.Form.SIX_BARE : ModePages.Form.SIX;
    }
    boolean wide = Cdb.bit(cdb, 1, 4); // LLBAA
    if (bare) {
      return ModePages.Form.TEN_BARE;
    }
    return wide ? ModePages.Form.TEN_LONG : ModePages.Form.TEN;
  }
}
