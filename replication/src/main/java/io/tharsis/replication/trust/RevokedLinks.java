package io.tharsis.replication.trust;

import io.tharsis.replication.link.Links;
import java.math.BigInteger;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Cuts the live links of who was revoked. Made after the links and told by {@link
 * ClusterTrust#listen}; any thread.
 *
 * <p>Links know nodes, not certificates. So when a certificate is revoked, all links are opened
 * anew, and the handshakes find out whose it is.
 */
public final class RevokedLinks implements TrustListener {

  private final Links links;
  private final ClusterTrust trust;
  private final AtomicReference<Members> seen;

  /** Cuts what is revoked from now on; what is revoked now gets no link. */
  public RevokedLinks(Links links, ClusterTrust trust) {
    this.links = links;
    this.trust = trust;
    this.seen = new AtomicReference<>(trust.members());
  }

  @Override
  public void documentChanged(ClusterDocument document) {
    Members now = trust.members();
    Members before = seen.getAndSet(now);
    SortedSet<UUID> nodes = new TreeSet<>(Members.BY_BYTES);
    nodes.addAll(now.revokedNodes());
    nodes.removeAll(before.revokedNodes());
    nodes.forEach(node -> links.closeNode(node, "the node was revoked"));
    SortedSet<BigInteger> serials = new TreeSet<>(now.revokedSerials());
    serials.removeAll(before.revokedSerials());
    if (nodes.contains(trust.identity().nodeId())) {
      closeAll(now, "this node was revoked");
    } else if (!serials.isEmpty()) {
      closeAll(now, "a certificate was revoked; the link may be opened again");
    }
  }

  /**
   * Once more, for a link whose handshake was judged just before the document came. To be called
   * now and then.
   */
  public void sweep() {
    trust.members().revokedNodes().forEach(node -> links.closeNode(node, "the node is revoked"));
  }

  private void closeAll(Members now, String why) {
    for (UUID node : now.admitted().keySet()) {
      if (!node.equals(trust.identity().nodeId())) {
        links.closeNode(node, why);
      }
    }
  }

  @Override
  public void refused(Refused refused) {
    // who was refused has no link
  }

  @Override
  public void alarm(Refused why) {
    // an alarm is for people
  }
}
