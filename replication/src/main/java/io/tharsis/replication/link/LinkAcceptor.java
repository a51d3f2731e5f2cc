package io.tharsis.replication.link;

import io.tharsis.replication.wire.Hello;

/** Decides about links that other nodes open. Called on the owner named when listening began. */
public interface LinkAcceptor {

  /**
   * Accepts or refuses a link, or says whom to ask. Cluster, versions, certificate and incarnation
   * have been checked.
   *
   * @param purpose what the link is for
   * @param peer who opens it; for {@code JOIN} nothing of this is proven
   */
  Acceptance decide(Hello.Purpose purpose, Hello.Sender peer);
}
