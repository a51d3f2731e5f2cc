package io.tharsis.replication.trust;

import java.security.cert.CertificateException;

/**
 * A certificate was refused in a handshake; the cause of the handshake's exception, so that a link
 * can say which.
 */
public final class CertificateRefusedException extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final transient Refused refused;

  CertificateRefusedException(Refused refused) {
    super(refused.toString());
    this.refused = refused;
  }

  /** Why. */
  public Refused refused() {
    return refused;
  }
}
