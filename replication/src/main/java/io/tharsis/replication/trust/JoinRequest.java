package io.tharsis.replication.trust;

import java.util.UUID;

/**
 * Asks for membership: the one thing that may be sent over a link without a client certificate. It
 * carries the token's secret, so it leaves only after {@link Joining#request} has verified the
 * server. Immutable.
 *
 * @param clusterId the cluster the token is for
 * @param pass id and secret from the token
 * @param name how the node wants to be called
 * @param signingRequest PKCS #10, signed with the node's key
 */
public record JoinRequest(UUID clusterId, JoinToken.Pass pass, String name, byte[] signingRequest) {

  /** Without the secret. */
  @Override
  public String toString() {
    return "join of " + name + " with " + pass;
  }
}
