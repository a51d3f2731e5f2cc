package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.directory.ClusterDocument;
import io.tharsis.replication.directory.Warrant;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.RefusalCode;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

  /** The node that has the CA, as the document in force says. */
  UUID holder();

  /**
   * What speaks against this node itself.
   *
   * @param words for people
   * @param revoked whether it was revoked, which is for good; otherwise it is a matter of time, and
   *     maybe of a clock
   */
  record Objection(String words, boolean revoked) {}

  /** What speaks against this node itself: it was revoked, or its certificate is not good now. */
  Optional<Objection> objectionToSelf();

  /**
   * How this node's own certificate stands.
   *
   * @param until when it ends
   * @param due whether it is time to ask for the next one
   * @param expiryNear whether so little is left of it that somebody must look
   * @param refreshBefore links that stand on an older one are opened anew when less than this is
   *     left of that
   */
  record Standing(Instant until, boolean due, boolean expiryNear, Duration refreshBefore) {}

  /** How this node's own certificate stands now. */
  Standing standing();

  /** Begins to ask for the next certificate, with a fresh key: what the CA is to be sent. */
  Async<Blob> beginRenewal();

  /**
   * Takes the answer of the CA. Succeeds when the next certificate is durable, and handshakes use
   * it; fails with its refusal, and then the present one stays.
   */
  Async<Void> completeRenewal(Blob answer);

  /**
   * Answers a request for the next certificate, where the CA is. A refusal is an answer, too.
   *
   * @param node who asks
   * @param serial of the certificate it has shown; empty for this node itself
   */
  Async<Blob> renew(UUID node, Optional<BigInteger> serial, Blob request);

  /** Whether this node has the CA, and so can revoke. */
  boolean holdsAuthority();

  /** How many other nodes are members, as the document in force says; heard of or not. */
  int otherMembers();

  /**
   * Takes a node out of the cluster, where the CA is; succeeds when that is durable, with the
   * document that says so. Idempotent.
   */
  Async<Signed> revoke(UUID node);

  /**
   * Documents that were signed beside the one in force, by somebody who did not know it, and that
   * it does not make up for. What they say of members counts here.
   */
  List<Blob> apart();

  /**
   * Takes what such a document says into the next one, where the CA is; succeeds when that is
   * durable, with the document that says so. Idempotent.
   */
  Async<Signed> absorb(Blob apart);

  /**
   * Decides about a link of class {@code JOIN}: only where tokens are redeemed it can be of use.
   *
   * @param peer who says to be there; nothing of it is proven
   */
  default Acceptance acceptJoin(Hello.Sender peer) {
    return new Acceptance.Refused(RefusalCode.NOT_ALLOWED, "no tokens are redeemed here");
  }
}
