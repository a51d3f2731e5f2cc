package io.tharsis.replication.trust;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** The file of the CA, where it is at home. */
final class AuthorityFile {

  private AuthorityFile() {}

  static byte[] toPem(AuthorityKey authority) {
    return Pem.ascii(Pem.write(Pem.of(authority.certificate()), Pem.of(authority.key())));
  }

  static Optional<AuthorityKey> load(TrustDirectory directory)
      throws IOException, TrustRefusedException {
    Optional<byte[]> pem = directory.read(TrustDirectory.AUTHORITY);
    if (pem.isEmpty()) {
      return Optional.empty();
    }
    try {
      List<byte[]> parts = Pem.read(pem.get(), Pem.CERTIFICATE, Pem.PRIVATE_KEY);
      return Optional.of(of(Certificates.parse(parts.get(0)), Pem.privateKey(parts.get(1))));
    } catch (MalformedException e) {
      throw directory.damaged(TrustDirectory.AUTHORITY, e);
    }
  }

  /** Only a key that is the certificate's. */
  static AuthorityKey of(X509Certificate certificate, PrivateKey key)
      throws MalformedException, IOException {
    Certificates.clusterOf(certificate);
    if (!KeyPairs.belong(key, certificate.getPublicKey())) {
      throw new MalformedException("the key is not the certificate's");
    }
    return new AuthorityKey(certificate, key);
  }
}
