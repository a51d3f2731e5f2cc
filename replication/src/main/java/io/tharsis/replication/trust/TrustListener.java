package io.tharsis.replication.trust;

/**
 * Is told what a node must act on or count. Called on whatever thread did it, after the fact is
 * durable and in force; must not block.
 */
public interface TrustListener {

  /** Another {@code cluster} document is in force: judge the live links again. */
  void documentChanged(ClusterDocument document);

  /** Somebody was refused. */
  void refused(Refused refused);

  /** An operator must look: two nodes use the CA, or a revocation got lost. */
  void alarm(Refused why);
}
