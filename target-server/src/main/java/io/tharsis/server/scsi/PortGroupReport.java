package io.tharsis.server.scsi;

/** Parameter data of REPORT TARGET PORT GROUPS, SPC-4 6.37, built once per change of the groups. */
final class PortGroupReport {

  /**
   * IMPLICIT TRANSITION TIME in seconds: how long an initiator should believe in transitioning.
   * Linux gives such a path up after it. A held command fails after ten seconds and Linux begins
   * each six times in all; the path must not be given up before the commands are.
   */
  static final int TRANSITION_SECONDS = 60;

  private static final int SHORT_HEADER_BYTES = 4;
  private static final int EXTENDED_HEADER_BYTES = 8;
  private static final int GROUP_BYTES = 8;
  private static final int PORT_BYTES = 4;

  /** Transitioning, unavailable, active/non-optimized and active/optimized are supported. */
  private static final int SUPPORTED = 0x80 | 0x08 | 0x02 | 0x01;

  private final byte[] lengthOnly;
  private final byte[] extended;

  PortGroupReport(PortGroups groups) {
    lengthOnly = report(groups, SHORT_HEADER_BYTES);
    extended = report(groups, EXTENDED_HEADER_BYTES);
    extended[4] = 0x10; // RETURN DATA FORMAT TYPE: extended header
    extended[5] = TRANSITION_SECONDS;
  }

  /** With the header that has the length only. */
  byte[] lengthOnly() {
    return lengthOnly;
  }

  /** With the extended header. */
  byte[] extended() {
    return extended;
  }

  private static byte[] report(PortGroups groups, int headerBytes) {
    byte[] data = new byte[headerBytes + groups.groups().size() * (GROUP_BYTES + PORT_BYTES)];
    Cdb.put32(data, 0, data.length - Integer.BYTES);
    int at = headerBytes;
    for (PortGroups.Group group : groups.groups()) {
      data[at] = (byte) ((group.preferred() ? 0x80 : 0) | group.state().code());
      data[at + 1] = (byte) SUPPORTED;
      Cdb.put16(data, at + 2, group.number());
      data[at + 7] = 1; // TARGET PORT COUNT; STATUS CODE at 5 is 0: why the state is so is not told
      Cdb.put16(data, at + GROUP_BYTES + 2, group.number());
      at += GROUP_BYTES + PORT_BYTES;
    }
    return data;
  }
}
