package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.directory.ClusterDocument;
import io.tharsis.replication.directory.Warrant;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.RefusalCode;
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

  /**
   * Decides about a link of class {@code JOIN}: only where tokens are redeemed it can be of use.
   *
   * @param peer who says to be there; nothing of it is proven
   */
  default Acceptance acceptJoin(Hello.Sender peer) {
    return new Acceptance.Refused(RefusalCode.NOT_ALLOWED, "no tokens are redeemed here");
  }
}
