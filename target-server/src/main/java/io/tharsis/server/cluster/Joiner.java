package io.tharsis.server.cluster;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.link.Destination;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.link.LinkRefusedException;
import io.tharsis.replication.link.NodeLinks;
import io.tharsis.replication.trust.ClusterTrust;
import io.tharsis.replication.trust.JoinToken;
import io.tharsis.replication.trust.Joining;
import io.tharsis.replication.trust.JoiningLinkSecurity;
import io.tharsis.replication.trust.NodeIdentity;
import io.tharsis.replication.trust.TrustMessages;
import io.tharsis.replication.trust.TrustRefusedException;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.JoinMessage;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.Message;
import io.tharsis.server.node.NodeLoop;
import io.tharsis.server.node.WorldFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Asks the node that issued a token for a membership, over a link of its own. At the rim: blocks.
 *
 * @param network how to reach it
 * @param loop the node's own
 * @param incarnation of this start
 */
record Joiner(PeerNetwork network, NodeLoop loop, UUID incarnation) {

  /**
   * Where to go, with what.
   *
   * @param peer the node that issued the token
   * @param token what the operator brought
   */
  record Invitation(HostPort peer, JoinToken token) {}

  /** Asks, and makes the membership durable. */
  ClusterTrust join(Joining joining, Invitation invitation, Deadline deadline)
      throws IOException, TrustRefusedException {
    NodeIdentity identity = joining.identity();
    NodeLinks links =
        network.links(
            new Hello.Sender(identity.clusterId(), identity.nodeId(), identity.name(), incarnation),
            new JoiningLinkSecurity(joining));
    try {
      Blob answer = ask(links, joining, invitation, deadline);
      return joining.complete(TrustMessages.joinAnswer(answer.toByteArray()));
    } catch (RefusedException refused) {
      throw refused;
    } catch (IOException cause) {
      if (joining.distrusted().isPresent()) {
        throw new TrustRefusedException(joining.distrusted().get());
      }
      throw unreachable(invitation.peer(), cause);
    } finally {
      links.close("joined, or not");
    }
  }

  private Blob ask(NodeLinks links, Joining joining, Invitation invitation, Deadline deadline)
      throws IOException, TrustRefusedException {
    HostPort peer = invitation.peer();
    Destination there =
        new Destination(
            InetSocketAddress.createUnresolved(peer.host(), peer.port()),
            Hello.Purpose.of(LinkClass.JOIN),
            Optional.of(invitation.token().issuer().nodeId()));
    Listener listener = new Listener();
    Link link = deadline.await(loop.start(() -> links.connect(there, network.home(), listener)));
    Blob request = Blob.of(TrustMessages.encode(joining.request()));
    loop.owner().execute(() -> link.send(new JoinMessage.JoinRequest(request)));
    return deadline.await(listener.answer);
  }

  private static IOException unreachable(HostPort peer, IOException cause) {
    if (cause instanceof LinkRefusedException refused) {
      return Refusal.forbidden(
              "link-refused",
              "the node at " + peer + " refuses: " + refused.getMessage(),
              "join-cluster with the address that create-token has told")
          .thrown();
    }
    return Refusal.host(
            "peer-unreachable",
            "the node at " + peer + " cannot be asked: " + WorldFailure.describe(cause),
            "see that tharsis node runs there, and that its peers' port can be reached from here")
        .thrown();
  }

  /** Waits for the one answer. */
  private static final class Listener implements LinkHandler {
    private final CompletableFuture<Blob> answer = new CompletableFuture<>();

    @Override
    public void opened(Link link) {
      // the request is signed at the rim
    }

    @Override
    public void received(Link link, Message message) {
      if (message instanceof JoinMessage.JoinReply(Blob content)) {
        boolean _ = answer.complete(content);
      }
    }

    @Override
    public void closed(Link link, LinkEnd end) {
      boolean _ =
          answer.completeExceptionally(new IOException("the link ended before an answer: " + end));
    }
  }
}
