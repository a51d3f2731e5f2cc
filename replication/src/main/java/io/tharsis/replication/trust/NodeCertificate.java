package io.tharsis.replication.trust;

import java.math.BigInteger;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * A node's certificate and the identity in it. That there is one says nothing about trust; {@link
 * ClusterTrust#judge} does. Immutable.
 *
 * @param certificate as issued
 * @param identity who it says to be
 */
public record NodeCertificate(X509Certificate certificate, NodeIdentity identity) {

  /** Type of a URI among the alternative names, RFC 5280, 4.2.1.6. */
  private static final int URI = 6;

  /** Reads the identity out of a certificate. */
  static NodeCertificate of(X509Certificate certificate) throws MalformedException {
    return NodeIdentity.parse(onlyUri(certificate))
        .map(identity -> new NodeCertificate(certificate, identity))
        .orElseThrow(() -> new MalformedException("its alternative name is not a node's"));
  }

  /** The only alternative name, which must be a URI. */
  static String onlyUri(X509Certificate certificate) throws MalformedException {
    Collection<List<?>> names;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      throw new MalformedException("its alternative names cannot be read", e);
    }
    if (names == null || names.size() != 1) {
      throw new MalformedException("it has not exactly one alternative name");
    }
    List<?> only = names.iterator().next();
    if (only.get(0) instanceof Integer type && type == URI && only.get(1) instanceof String uri) {
      return uri;
    }
    throw new MalformedException("its alternative name is not a URI");
  }

  /** Its serial number, by which it can be revoked. */
  public BigInteger serial() {
    return certificate.getSerialNumber();
  }

  /** When its time ends. */
  public Instant validUntil() {
    return certificate.getNotAfter().toInstant();
  }

  @Override
  public String toString() {
    return identity + " serial " + serial().toString(16);
  }
}
