package io.tharsis.replication.trust;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What this node proves itself with. Kept in one file, so that no crash pairs a key with another
 * key's certificate. Immutable.
 *
 * @param certificate its certificate
 * @param authority the CA's certificate: the anchor of everything this node trusts
 * @param key the key of its certificate
 */
record Credentials(NodeCertificate certificate, X509Certificate authority, PrivateKey key) {

  byte[] toPem() {
    return Pem.ascii(Pem.write(Pem.of(certificate.certificate()), Pem.of(authority), Pem.of(key)));
  }

  static Credentials parse(byte[] pem) throws MalformedException, IOException {
    List<byte[]> parts = Pem.read(pem, Pem.CERTIFICATE, Pem.CERTIFICATE, Pem.PRIVATE_KEY);
    X509Certificate node = Certificates.parse(parts.get(0));
    X509Certificate authority = Certificates.parse(parts.get(1));
    PrivateKey key = Pem.privateKey(parts.get(2));
    if (!KeyPairs.belong(key, node.getPublicKey())) {
      throw new MalformedException("the key is not the certificate's");
    }
    return new Credentials(NodeCertificate.of(node), authority, key);
  }

  /** The chain for peers. The CA goes along, because a joiner has nothing but its fingerprint. */
  X509Certificate[] chain() {
    return new X509Certificate[] {certificate.certificate(), authority};
  }

  @Override
  public String toString() {
    return "credentials of " + certificate;
  }
}
