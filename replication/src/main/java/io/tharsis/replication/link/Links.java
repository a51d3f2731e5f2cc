package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Async;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** The seam to other nodes. Every method may be called on any owner. */
public interface Links {

  /**
   * Opens a link.
   *
   * @param to which node, and what for
   * @param home where the link will live, and where the outcome is told
   * @param handler who will use it
   * @return the link, once {@link LinkHandler#opened} has been called; {@link LinkRefusedException}
   *     if one of the ends refused it, another exception if the node cannot be reached. Ends after
   *     {@link LinkLimits.Times#greeting} at the latest, and twice that where a name has to be
   *     resolved
   */
  Async<Link> connect(Destination to, LinkHome home, LinkHandler handler);

  /**
   * Begins to accept links; may be done for several addresses.
   *
   * @param at where to listen; port 0 takes a free one
   * @param home where {@code acceptor} is asked, and where the outcome is told
   * @param acceptor decides about each link
   * @return the address in use
   */
  Async<InetSocketAddress> listen(InetSocketAddress at, LinkHome home, LinkAcceptor acceptor);

  /** Ends all links with a node, because it or a certificate was revoked. */
  void closeNode(UUID nodeId, String why);

  /**
   * Ends links so that they are opened anew, each by who needs it: those that stand on a
   * certificate of this node that ends before the one it shows now.
   *
   * @param ownUntil when the certificate ends that this node shows now
   * @param margin only links of which less than this is left
   */
  void refresh(Instant ownUntil, Duration margin);

  /** What happened so far. */
  LinkCounts counts();

  /**
   * Stops listening and ends all links, telling each other end why. Nothing can be opened any more.
   */
  void close(String why);
}
