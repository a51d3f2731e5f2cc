package io.tharsis.replication.trust;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;

/** The CA where it is at home: its certificate and its key. Immutable. */
record AuthorityKey(X509Certificate certificate, PrivateKey key) {

  Instant validUntil() {
    return certificate.getNotAfter().toInstant();
  }

  @Override
  public String toString() {
    return "CA key of " + certificate.getSubjectX500Principal();
  }
}
