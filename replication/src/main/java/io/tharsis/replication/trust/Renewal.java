package io.tharsis.replication.trust;

/** The answer to a node that asked for its next certificate over a link of its own. */
public sealed interface Renewal permits Renewal.Renewed, Refused {

  /**
   * The next certificate; the old one stays good until it expires.
   *
   * @param certificate of the node, DER
   */
  record Renewed(byte[] certificate) implements Renewal {}
}
