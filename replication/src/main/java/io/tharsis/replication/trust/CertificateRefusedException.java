package io.tharsis.replication.trust;

import io.tharsis.replication.link.DistrustedException;
import io.tharsis.replication.wire.RefusalCode;

/**
 * A certificate was refused in a handshake; the cause of the handshake's exception, so that a link
 * can say which.
 */
public final class CertificateRefusedException extends DistrustedException {
  private static final long serialVersionUID = 1L;

  private final transient Refused refused;

  CertificateRefusedException(Refused refused) {
    super(code(refused.code()), refused.toString());
    this.refused = refused;
  }

  private static RefusalCode code(TrustCode why) {
    return switch (why) {
      case REVOKED -> RefusalCode.REVOKED;
      case CERTIFICATE_EXPIRED -> RefusalCode.EXPIRED;
      case TrustCode _ -> RefusalCode.WRONG_CERTIFICATE;
    };
  }

  /** Why. */
  public Refused refused() {
    return refused;
  }
}
