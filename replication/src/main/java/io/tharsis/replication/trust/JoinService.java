package io.tharsis.replication.trust;

import java.io.IOException;
import java.security.PublicKey;
import java.util.Map;
import java.util.UUID;

/**
 * Redeems join tokens on the node that issued them. Has no state of its own; any thread, may block.
 *
 * <p>The order is the protocol: everything that can be refused is refused first; then the token is
 * spent, durably; then the node is admitted, durably; then its certificate is signed and leaves. A
 * crash anywhere in between costs the token. Who comes again with another token and the same key is
 * the same node.
 */
public final class JoinService {

  private final CertificateAuthority authority;

  /** Redeems by this CA. */
  public JoinService(CertificateAuthority authority) {
    this.authority = authority;
  }

  private record Applicant(NodeIdentity identity, PublicKey key) {}

  /** Lets a node in, or says why not. What goes wrong on this host is told to listeners only. */
  public JoinAnswer redeem(JoinRequest request) {
    Applicant applicant;
    try {
      applicant = examine(request);
    } catch (TrustRefusedException e) {
      return authority.refuse(e.refused(), e.refused());
    } catch (IOException e) {
      String fact = "the issuing node failed before it touched the token";
      return failed(fact, "look at its diagnostics and try the same token again", e);
    }
    try {
      return admit(request.pass(), applicant);
    } catch (TrustRefusedException e) {
      Refused why = e.refused();
      String fact = why.fact() + " (found when the token was spent)";
      return authority.refuse(new Refused(why.code(), fact, why.advice()), why);
    } catch (IOException e) {
      String fact =
          "the issuing node failed when it had begun to spend the token, which counts as spent";
      return failed(fact, "look at its diagnostics and create another token", e);
    }
  }

  /**
   * The same in bytes, for whatever carries them.
   *
   * @param request as a stranger sent it
   * @return the answer, at most {@link TrustMessages#MAX_BYTES}
   */
  public byte[] answer(byte[] request) {
    try {
      return TrustMessages.encode(redeem(TrustMessages.joinRequest(request)));
    } catch (TrustRefusedException e) {
      return TrustMessages.encode((JoinAnswer) authority.refuse(e.refused(), e.refused()));
    }
  }

  private Refused failed(String fact, String advice, IOException why) {
    return authority.refuse(
        new Refused(TrustCode.HOST_FAILED, fact, advice),
        new Refused(TrustCode.HOST_FAILED, fact + ": " + why.getMessage(), advice));
  }

  /** Changes nothing. Who has no good token learns nothing about the members. */
  private Applicant examine(JoinRequest request) throws IOException, TrustRefusedException {
    authority.requireHolding();
    Cluster cluster = authority.trust().cluster();
    if (!request.clusterId().equals(cluster.id())) {
      throw new TrustRefusedException(
          TrustCode.WRONG_CLUSTER,
          "the token is for cluster " + request.clusterId() + ", this is " + cluster,
          "use the address of the node that issued it");
    }
    requireGood(authority.tokens().look(request.pass()));
    NodeName.require(request.name());
    PublicKey key = CertificateAuthority.keyOf(request.signingRequest());
    NodeIdentity identity = new NodeIdentity(cluster.id(), KeyPairs.nodeIdOf(key), request.name());
    requireAdmissible(identity, authority.trust().members());
    return new Applicant(identity, key);
  }

  private JoinAnswer admit(JoinToken.Pass pass, Applicant applicant)
      throws IOException, TrustRefusedException {
    NodeIdentity identity = applicant.identity();
    switch (authority.tokens().spend(pass, identity)) {
      case TokenStore.Look.Good good -> {}
      case TokenStore.Look.Bad bad -> {
        return authority.refuse(bad.refused(), bad.refused());
      }
    }
    authority.change(members -> {
      requireAdmissible(identity, members);
      return members.admit(identity.nodeId(), identity.name());
    });
    byte[] certificate = authority.issue(identity, applicant.key());
    return new JoinAnswer.Joined(certificate, authority.trust().documentBytes());
  }

  private static void requireAdmissible(NodeIdentity identity, Members members)
      throws TrustRefusedException {
    if (members.revokedNodes().contains(identity.nodeId())) {
      throw new TrustRefusedException(
          TrustCode.REVOKED,
          "node " + identity + " was revoked, and its key with it",
          "remove its trust directory and let it join as a new node");
    }
    for (Map.Entry<UUID, String> member : members.admitted().entrySet()) {
      if (member.getValue().equals(identity.name()) && !member.getKey().equals(identity.nodeId())) {
        throw new TrustRefusedException(
            TrustCode.NAME_TAKEN,
            "node " + member.getKey() + " has the name '" + identity.name() + "'",
            "use another name, or revoke that node if it is gone for ever");
      }
    }
    Editions.requireRoom(members.admit(identity.nodeId(), identity.name()));
  }

  private static void requireGood(TokenStore.Look look) throws TrustRefusedException {
    if (look instanceof TokenStore.Look.Bad bad) {
      throw new TrustRefusedException(bad.refused());
    }
  }
}
