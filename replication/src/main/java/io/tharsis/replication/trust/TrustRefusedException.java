package io.tharsis.replication.trust;

/** A verb of this package was refused; never a bug. For operators. */
public final class TrustRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Refused refused;

  /** Refuses. */
  public TrustRefusedException(Refused refused) {
    super(refused.toString());
    this.refused = refused;
  }

  TrustRefusedException(TrustCode code, String fact, String advice) {
    this(new Refused(code, fact, advice));
  }

  TrustRefusedException(Refused refused, Throwable cause) {
    super(refused.toString(), cause);
    this.refused = refused;
  }

  /** Why, and what to try next. */
  public Refused refused() {
    return refused;
  }
}
