package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.directory.ClusterDocument;
import io.tharsis.replication.directory.Warrant;
import java.util.UUID;

/**
 * What a node needs of the cluster's keys. Used on the node's owner, answers there. As a {@link
 * Warrant} it also takes every genuine newer document into force.
 */
public interface Trust extends Warrant {

  /** A signed cluster document and the counter in it. */
  record Signed(ClusterDocument content, long counter) {}

  /** The document in force. */
  Signed document();

  /** Whether this node has the CA, and so can revoke. */
  boolean holdsAuthority();

  /**
   * Takes a node out of the cluster, where the CA is; succeeds when that is durable, with the
   * document that says so. Idempotent.
   */
  Async<Signed> revoke(UUID node);
}
