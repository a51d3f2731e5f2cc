package io.tharsis.replication.trust;

/** What is thought of a peer's certificates. */
public sealed interface Verdict {

  /**
   * A member of this cluster.
   *
   * @param peer its certificate
   */
  record Trusted(NodeCertificate peer) implements Verdict {}

  /**
   * Nobody to talk to.
   *
   * @param refused why
   */
  record Distrusted(Refused refused) implements Verdict {}
}
