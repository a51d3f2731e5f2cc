package io.tharsis.replication.trust;

/** The answer to a {@link JoinRequest}. */
public sealed interface JoinAnswer permits JoinAnswer.Joined, Refused {

  /**
   * Membership. The token is spent.
   *
   * @param certificate of the node, DER
   * @param document the {@code cluster} document, with the CA's certificate in it
   */
  record Joined(byte[] certificate, byte[] document) implements JoinAnswer {}
}
