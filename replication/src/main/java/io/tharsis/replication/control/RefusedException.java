package io.tharsis.replication.control;

import java.io.IOException;

/**
 * Something cannot go on until an operator has acted; carries what to tell them. An {@link
 * IOException}, because it is the world that refuses, and it goes the way of the world's failures.
 */
public final class RefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  /** The exception for a refusal. */
  public RefusedException(Refusal refusal) {
    super(refusal.toString());
    this.refusal = refusal;
  }

  /** What to tell the operator. */
  public Refusal refusal() {
    return refusal;
  }
}
