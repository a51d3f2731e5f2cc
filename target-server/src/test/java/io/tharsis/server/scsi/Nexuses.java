package io.tharsis.server.scsi;

/** Lets tests of other packages play the target device. */
public final class Nexuses {

  private Nexuses() {}

  /** A nexus as a device would make it. */
  public static Nexus of(String initiatorPort) {
    return new Nexus(initiatorPort);
  }
}
