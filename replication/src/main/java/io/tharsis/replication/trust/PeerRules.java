package io.tharsis.replication.trust;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Judges certificates by one CA. A chain is a node's certificate, signed by the CA itself; a copy
 * of the CA's certificate may follow and counts for nothing. Immutable.
 */
record PeerRules(X509Certificate anchor, UUID clusterId) {

  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  Verdict judge(List<X509Certificate> chain, Members members, Instant now) {
    if (chain.isEmpty()) {
      return distrust(
          TrustCode.NO_CERTIFICATE,
          "the peer showed no certificate",
          "let it join the cluster first");
    }
    X509Certificate leaf = chain.getFirst();
    if (!isFromAnchor(leaf)) {
      return distrust(
          TrustCode.CERTIFICATE_FOREIGN,
          "the peer's certificate (issued by "
              + printable(leaf.getIssuerX500Principal().getName())
              + ") is not from this cluster's CA",
          "look which cluster the peer belongs to");
    }
    return judgeOurs(leaf, members, now);
  }

  /** The CA signed it, so what it says is what the CA said. */
  private Verdict judgeOurs(X509Certificate leaf, Members members, Instant now) {
    NodeCertificate peer;
    try {
      peer = NodeCertificate.of(leaf);
      requireNode(leaf, peer);
    } catch (MalformedException e) {
      return unfit(e.getMessage());
    }
    if (now.isBefore(leaf.getNotBefore().toInstant())) {
      return distrust(
          TrustCode.CERTIFICATE_NOT_YET_VALID,
          "the certificate of " + peer + " is good from " + leaf.getNotBefore().toInstant(),
          "set the clock: here it is " + now);
    }
    if (now.isAfter(peer.validUntil())) {
      return distrust(
          TrustCode.CERTIFICATE_EXPIRED,
          "the certificate of " + peer + " was good until " + peer.validUntil(),
          "let the node join again, or set the clock: here it is " + now);
    }
    if (members.revokedNodes().contains(peer.identity().nodeId())) {
      return new Verdict.Distrusted(revoked("node " + peer.identity()));
    }
    if (members.revokedSerials().contains(peer.serial())) {
      return new Verdict.Distrusted(revoked("certificate " + peer));
    }
    return validate(leaf, now)
        ? new Verdict.Trusted(peer)
        : unfit("it is not a valid certificate path");
  }

  private boolean isFromAnchor(X509Certificate leaf) {
    if (!leaf.getIssuerX500Principal().equals(anchor.getSubjectX500Principal())) {
      return false;
    }
    try {
      leaf.verify(anchor.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private void requireNode(X509Certificate leaf, NodeCertificate peer) throws MalformedException {
    if (!peer.identity().clusterId().equals(clusterId)) {
      throw new MalformedException("it is of cluster " + peer.identity().clusterId());
    }
    boolean[] usage = leaf.getKeyUsage();
    if (leaf.getBasicConstraints() >= 0 || usage == null || !usage[0]) {
      throw new MalformedException("it is not for a node");
    }
    try {
      List<String> purposes = leaf.getExtendedKeyUsage();
      if (purposes == null || !purposes.containsAll(List.of(SERVER_AUTH, CLIENT_AUTH))) {
        throw new MalformedException("it is not for links");
      }
    } catch (CertificateParsingException e) {
      throw new MalformedException("it is not for links", e);
    }
  }

  /** Everything of RFC 5280, 6.1 that was not asked by name. */
  private boolean validate(X509Certificate leaf, Instant now) {
    try {
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf)), parameters);
      return true;
    } catch (CertPathValidatorException | CertificateException e) {
      return false;
    } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("this JDK cannot validate certificates", e);
    }
  }

  static Refused revoked(String what) {
    return new Refused(
        TrustCode.REVOKED,
        what + " was revoked",
        "if it should be a member again: tharsis leave-cluster --local there, then join-cluster");
  }

  private static Verdict unfit(String why) {
    return distrust(
        TrustCode.CERTIFICATE_UNFIT,
        "the peer's certificate is from this cluster's CA but not one of a node: " + why,
        "look who uses the CA's key");
  }

  private static Verdict distrust(TrustCode code, String fact, String advice) {
    return new Verdict.Distrusted(new Refused(code, fact, advice));
  }

  private static String printable(String text) {
    String shown = text.length() > 200 ? text.substring(0, 200) + "..." : text;
    return shown.replaceAll("[^ -~]", "?");
  }
}
