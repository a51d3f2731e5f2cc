package io.tharsis.server.scsi;

/**
 * How well a logical unit is reached through the ports of one group: the asymmetric access states
 * of SPC-4 5.15.2.4 that a node can be in. Standby and offline are not among them.
 */
public enum AccessState {
  /** Active/optimized: the primary is behind these ports. */
  OPTIMIZED(0x0),
  /** Active/non-optimized: everything is served, by forwarding it to the primary. */
  NON_OPTIMIZED(0x1),
  /**
   * Nothing can be reached through these ports, and nobody knows that this ends: refused at once
   * with NOT READY 04/0C, but for the commands that SPC-4 5.15.2.4.5 wants answered. Linux fails
   * what it has for such a path without asking again, so a pause is {@link #TRANSITIONING}.
   */
  UNAVAILABLE(0x3),
  /**
   * The role is on its way, or the primary is looked for: what needs the volume is held by the
   * volume, for as long as it thinks right; the device itself refuses nothing.
   */
  TRANSITIONING(0xf);

  private final int code;

  AccessState(int code) {
    this.code = code;
  }

  /** The value of an ASYMMETRIC ACCESS STATE field. */
  int code() {
    return code;
  }
}
