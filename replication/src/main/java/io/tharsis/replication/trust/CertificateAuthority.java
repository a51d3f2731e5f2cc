package io.tharsis.replication.trust;

import java.io.IOException;
import java.math.BigInteger;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The cluster's CA on the node that holds it: lets nodes in and throws them out. Owned by {@link
 * ClusterTrust}; any thread, may block.
 *
 * <p>A copy of the CA's key works only while the {@code cluster} document in force names this node
 * as the holder; an import elsewhere ends that.
 */
public final class CertificateAuthority {

  private final ClusterTrust trust;
  private final AuthorityKey key;
  private final TrustSetting setting;
  private final TokenStore tokens;

  CertificateAuthority(
      ClusterTrust trust, AuthorityKey key, TrustDirectory directory, TrustSetting setting) {
    this.trust = trust;
    this.key = key;
    this.setting = setting;
    this.tokens = new TokenStore(directory, setting);
  }

  TokenStore tokens() {
    return tokens;
  }

  ClusterTrust trust() {
    return trust;
  }

  /**
   * Makes a token that lets one node in, once.
   *
   * @param life how long it is good, from one minute to {@link TrustLimits#longestToken}
   * @param hint where this node can be reached, {@code host:port}, or empty
   */
  public JoinToken createToken(Duration life, String hint)
      throws IOException, TrustRefusedException {
    requireHolding();
    Duration longest = setting.limits().longestToken();
    if (life.compareTo(Duration.ofMinutes(1)) < 0 || life.compareTo(longest) > 0) {
      throw new TrustRefusedException(
          TrustCode.BAD_LIFETIME,
          "a token cannot be good for " + life,
          "use between PT1M and " + longest);
    }
    if (!JoinToken.isGoodHint(hint)) {
      throw new TrustRefusedException(
          TrustCode.BAD_REQUEST, "the address in a token cannot be that", "use HOST:PORT");
    }
    tokens.forgetOld();
    JoinToken.Issuer issuer =
        new JoinToken.Issuer(
            trust.identity().nodeId(), Certificates.fingerprint(key.certificate()), hint);
    JoinToken token =
        new JoinToken(
            trust.cluster().id(),
            issuer,
            JoinToken.Pass.random(setting),
            setting.clock().instant().plus(life));
    tokens.add(token);
    return token;
  }

  /**
   * Throws a node out for ever: its certificates are void wherever the document arrives.
   *
   * @return the document that says so
   */
  public ClusterDocument revokeNode(UUID node) throws IOException, TrustRefusedException {
    requireHolding();
    if (node.equals(trust.identity().nodeId())) {
      throw new TrustRefusedException(
          TrustCode.CA_HERE,
          "this node holds the CA and cannot throw itself out",
          "import the CA on another node first, and revoke this one there");
    }
    return change(members -> {
      if (!members.admitted().containsKey(node) && !members.revokedNodes().contains(node)) {
        throw new TrustRefusedException(
            TrustCode.UNKNOWN_NODE,
            "no node " + node + " was ever let in",
            "look at the members of the cluster");
      }
      return members.revokeNode(node);
    });
  }

  /**
   * Voids one certificate, for instance of a stolen backup, while its node goes on with another.
   *
   * @return the document that says so
   */
  public ClusterDocument revokeCertificate(BigInteger serial)
      throws IOException, TrustRefusedException {
    requireHolding();
    boolean own = serial.equals(trust.certificate().serial());
    if (own || serial.signum() <= 0 || serial.bitLength() >= 160) {
      throw new TrustRefusedException(
          TrustCode.UNKNOWN_NODE,
          "certificate "
              + serial.toString(16)
              + (own ? " is the one the CA's holder uses" : " cannot exist"),
          own ? "renew it first" : "look at the certificates of the members");
    }
    return change(members -> members.revokeSerial(serial));
  }

  /**
   * Gives a member its next certificate.
   *
   * @param peer the certificate of the link the request came over
   * @param signingRequest PKCS #10, signed with the next key
   */
  public Renewal renew(NodeCertificate peer, byte[] signingRequest) {
    Optional<Refused> against = trust.objection(peer);
    return against.isPresent()
        ? refuse(against.get(), against.get())
        : renew(peer.identity(), signingRequest);
  }

  /**
   * Gives a member its next certificate, over a link whose ends have proved who they are.
   *
   * @param node the member
   * @param serial number of the certificate that it has shown
   * @param request as the member sent it, {@link TrustMessages#encodeRenewalRequest}
   * @return the answer for {@link TrustMessages#renewal}
   */
  public byte[] answerRenewal(UUID node, BigInteger serial, byte[] request) {
    try {
      byte[] signingRequest = TrustMessages.renewalRequest(request);
      return TrustMessages.encode(renew(requireMember(node, serial), signingRequest));
    } catch (TrustRefusedException e) {
      return TrustMessages.encode((Renewal) refuse(e.refused(), e.refused()));
    }
  }

  private NodeIdentity requireMember(UUID node, BigInteger serial) throws TrustRefusedException {
    Members members = trust.members();
    if (members.revokedNodes().contains(node) || members.revokedSerials().contains(serial)) {
      throw new TrustRefusedException(
          PeerRules.revoked("node " + node + " with certificate " + serial.toString(16)));
    }
    String name = members.admitted().get(node);
    if (name == null) {
      throw new TrustRefusedException(
          TrustCode.UNKNOWN_NODE,
          "no node " + node + " was ever let in",
          "look at the members of the cluster");
    }
    return new NodeIdentity(trust.cluster().id(), node, name);
  }

  private Renewal renew(NodeIdentity member, byte[] signingRequest) {
    try {
      requireHolding();
      return new Renewal.Renewed(issue(member, keyOf(signingRequest)));
    } catch (TrustRefusedException e) {
      return refuse(e.refused(), e.refused());
    } catch (IOException e) {
      String fact = "the node with the CA could not issue a certificate";
      String advice = "look at its diagnostics and try again";
      return refuse(
          new Refused(TrustCode.HOST_FAILED, fact, advice),
          new Refused(TrustCode.HOST_FAILED, fact + ": " + e.getMessage(), advice));
    }
  }

  /**
   * Puts the CA under a pass phrase, to be kept away from the cluster.
   *
   * @param passPhrase at least 12 characters; the caller wipes it
   * @return PEM text for {@link ClusterTrust#importAuthority}
   */
  public String export(char[] passPhrase) throws IOException, TrustRefusedException {
    requireHolding();
    byte[] bytes = trust.documentBytes();
    SignedDocument document = SignedDocument.verify(bytes, key.certificate());
    return new AuthorityExport(key, document).seal(passPhrase, setting);
  }

  /**
   * Ends a conflict: takes the members and revocations of another document of this cluster into the
   * next edition, which is newer than both. If that document is ahead of ours, and of another
   * holder, then that one is to do it.
   */
  public ClusterDocument absorb(byte[] other) throws IOException, TrustRefusedException {
    SignedDocument genuine = SignedDocument.verify(other, key.certificate());
    trust.offer(genuine.toBytes());
    return change(members -> members);
  }

  ClusterDocument takeOver(SignedDocument other) throws IOException, TrustRefusedException {
    long above = other.content().edition().counter();
    Members theirs = other.content().members();
    return trust.publish(key, ours -> ours.union(theirs), above, true).content();
  }

  ClusterDocument change(ClusterTrust.Change change) throws IOException, TrustRefusedException {
    return trust.publish(key, change, 0, false).content();
  }

  byte[] issue(NodeIdentity node, PublicKey publicKey) throws IOException {
    return Pem.der(new Certificates(setting).node(key, node, publicKey));
  }

  void requireHolding() throws TrustRefusedException {
    Editions.requireHolder(trust.document(), trust.identity().nodeId());
  }

  /** The key a node asks a certificate for. */
  static PublicKey keyOf(byte[] signingRequest) throws TrustRefusedException {
    try {
      return SigningRequest.keyOf(signingRequest);
    } catch (MalformedException e) {
      throw new TrustRefusedException(
          TrustCode.BAD_REQUEST,
          "the request for a certificate is refused: " + e.getMessage(),
          "look whether the peer is a Tharsis node of a version that fits");
    }
  }

  /**
   * Refuses a peer.
   *
   * @param peers what it is told
   * @param ours what the listeners here are told
   */
  Refused refuse(Refused peers, Refused ours) {
    trust.report(ours);
    boolean aboutOurFiles =
        peers.code() == TrustCode.UNSAFE_FILE || peers.code() == TrustCode.DAMAGED_FILE;
    return aboutOurFiles
        ? new Refused(
            TrustCode.HOST_FAILED,
            "the files of the node with the CA are not as they should be",
            "look at its diagnostics")
        : peers;
  }

  /** When the CA's certificate ends; there is no way to renew it. */
  public Instant validUntil() {
    return key.validUntil();
  }
}
