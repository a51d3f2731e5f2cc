package io.tharsis.server.scsi;

/**
 * An I_T nexus: one initiator port logged in to this target. Made by {@link TargetDevice#establish}
 * for each session, compared by identity; state that belongs to a nexus (unit attentions) is kept
 * by the target device.
 */
public final class Nexus {

  private final String initiatorPort;

  Nexus(String initiatorPort) {
    this.initiatorPort = initiatorPort;
  }

  /** The initiator port's name, RFC 7143 4.2.7: {@code iqn...,i,0x<ISID>}. */
  public String initiatorPort() {
    return initiatorPort;
  }

  @Override
  public String toString() {
    return initiatorPort;
  }
}
