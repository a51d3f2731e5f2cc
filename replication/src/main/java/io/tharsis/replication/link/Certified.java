package io.tharsis.replication.link;

import java.math.BigInteger;
import java.time.Instant;
import java.util.UUID;

/**
 * What the certificates say that the two ends of a connection have shown each other.
 *
 * @param node that the other end's certificate names
 * @param serial number of the other end's certificate
 * @param until when the other end's certificate ends
 * @param ownUntil when the certificate ends that this end has shown
 */
public record Certified(UUID node, BigInteger serial, Instant until, Instant ownUntil)
    implements Shown {

  /** When the first of the two ends: no link may be longer. */
  public Instant bothUntil() {
    return until.isBefore(ownUntil) ? until : ownUntil;
  }
}
