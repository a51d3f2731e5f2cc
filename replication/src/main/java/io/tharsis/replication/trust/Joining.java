package io.tharsis.replication.trust;

import java.io.IOException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A node on its way into a cluster: knows whom to ask, asks, and keeps what it gets. One attempt;
 * made by {@link TrustHome#join}. May block.
 *
 * <p>The token's secret leaves only towards the node that issued the token: there is no request
 * before that node has proved itself.
 */
public final class Joining {

  private final TrustDirectory directory;
  private final TrustSetting setting;
  private final JoinToken token;
  private final KeyPair keys;
  private final NodeIdentity identity;
  private volatile List<X509Certificate> accepted = List.of();
  private volatile Optional<Refused> distrusted = Optional.empty();

  Joining(TrustDirectory directory, TrustSetting setting, JoinToken token, String name)
      throws IOException, TrustRefusedException {
    this.directory = directory;
    this.setting = setting;
    this.token = token;
    this.keys = PendingKey.loadOrMake(directory, setting);
    this.identity = new NodeIdentity(token.clusterId(), KeyPairs.nodeIdOf(keys.getPublic()), name);
  }

  /** Who this node will be. */
  public NodeIdentity identity() {
    return identity;
  }

  /** Accepts the node that issued the token, and nobody else; asks for no client certificate. */
  public X509ExtendedTrustManager trustManager() {
    return PeerTrust.withoutAnchor(chain -> {
      Verdict verdict = judge(chain);
      switch (verdict) {
        case Verdict.Trusted trusted -> accepted = chain;
        case Verdict.Distrusted(Refused why) -> distrusted = Optional.of(why);
      }
      return verdict;
    });
  }

  /** Why {@link #trustManager} did not accept a server; a handshake itself keeps only words. */
  public Optional<Refused> distrusted() {
    return distrusted;
  }

  /**
   * What to send to a server that {@link #trustManager} has accepted in its handshake.
   *
   * @throws TrustRefusedException if no server was accepted
   */
  public JoinRequest request() throws IOException, TrustRefusedException {
    return request(accepted);
  }

  /**
   * What to send to the server.
   *
   * @param serverChain the certificates the server of this very connection proved itself with
   * @throws TrustRefusedException if that is not the node that issued the token
   */
  public JoinRequest request(List<X509Certificate> serverChain)
      throws IOException, TrustRefusedException {
    if (judge(serverChain) instanceof Verdict.Distrusted distrusted) {
      throw new TrustRefusedException(distrusted.refused());
    }
    byte[] signingRequest = SigningRequest.make(keys, identity.name());
    return new JoinRequest(token.clusterId(), token.pass(), identity.name(), signingRequest);
  }

  /**
   * Checks the answer and makes the membership durable.
   *
   * @throws TrustRefusedException if the answer is a refusal, or not what was asked for
   */
  public ClusterTrust complete(JoinAnswer answer) throws IOException, TrustRefusedException {
    JoinAnswer.Joined joined =
        switch (answer) {
          case Refused refused -> throw new TrustRefusedException(refused);
          case JoinAnswer.Joined yes -> yes;
        };
    SignedDocument document = verify(joined.document());
    X509Certificate anchor = document.content().authority();
    PeerRules rules = new PeerRules(anchor, token.clusterId());
    NodeCertificate issued =
        new IssuedCheck(rules, identity, keys.getPublic())
            .accept(joined.certificate(), document.content().members(), setting.clock().instant());
    return Membership.write(
        directory, setting, new Credentials(issued, anchor, keys.getPrivate()), document);
  }

  /** By the fingerprint, because there is no certificate of the CA here yet. */
  private SignedDocument verify(byte[] bytes) throws TrustRefusedException {
    X509Certificate authority;
    try {
      authority = SignedDocument.parse(bytes).content().authority();
    } catch (MalformedException e) {
      throw new TrustRefusedException(
          TrustCode.DOCUMENT_TAMPERED,
          "the cluster document that came back cannot be understood: " + e.getMessage(),
          "look at the node that issued the token");
    }
    if (!isOfToken(authority)) {
      throw new TrustRefusedException(wrongAuthority());
    }
    return SignedDocument.verify(bytes, authority);
  }

  private Verdict judge(List<X509Certificate> chain) {
    if (chain.size() < 2 || !isOfToken(chain.getLast())) {
      return new Verdict.Distrusted(wrongAuthority());
    }
    PeerRules rules = new PeerRules(chain.getLast(), token.clusterId());
    Verdict verdict = rules.judge(chain, Members.none(), setting.clock().instant());
    if (verdict instanceof Verdict.Trusted trusted
        && !trusted.peer().identity().nodeId().equals(token.issuer().nodeId())) {
      return new Verdict.Distrusted(
          new Refused(
              TrustCode.WRONG_ISSUER,
              "the server is " + trusted.peer().identity() + ", which did not issue the token",
              "use the address of node " + token.issuer().nodeId() + at()));
    }
    return verdict;
  }

  private boolean isOfToken(X509Certificate authority) {
    return MessageDigest.isEqual(
        token.issuer().authorityFingerprint(), Certificates.fingerprint(authority));
  }

  private Refused wrongAuthority() {
    return new Refused(
        TrustCode.WRONG_CA,
        "the server does not belong to the cluster of the token: the CA's fingerprint differs, and"
            + " the token was not shown to it",
        "check the address" + at() + "; if it is right, somebody sits in between");
  }

  private String at() {
    return token.issuer().hint().isEmpty() ? "" : " (" + token.issuer().hint() + ")";
  }
}
