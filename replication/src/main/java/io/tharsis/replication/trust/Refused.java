package io.tharsis.replication.trust;

/**
 * A refusal as a value: what protocol answers and verdicts are made of. Immutable.
 *
 * @param code the stable code
 * @param fact one sentence: what was refused and which fact forbids it, without a full stop
 * @param advice what to try next, without a full stop
 */
public record Refused(TrustCode code, String fact, String advice) implements JoinAnswer, Renewal {

  @Override
  public String toString() {
    return code.word() + ": " + fact + "; " + advice;
  }
}
