package io.tharsis.replication.link;

import io.tharsis.replication.wire.RefusalCode;
import java.security.cert.CertificateException;

/** A certificate is not trusted, for a reason that the other end is told. */
public class DistrustedException extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final RefusalCode code;

  /** Says why, for programs and for people. */
  public DistrustedException(RefusalCode code, String words) {
    super(words);
    this.code = code;
  }

  /** Why, for programs. */
  public RefusalCode code() {
    return code;
  }
}
