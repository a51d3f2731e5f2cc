package io.tharsis.replication.trust;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * Certificate signing requests, RFC 2986. Of a request only the key counts, and the proof that who
 * asks has it; the name in it is for people.
 */
final class SigningRequest {

  /** A request with a P-256 key and a name has about 250 bytes. */
  static final int MAX_BYTES = 2048;

  private SigningRequest() {}

  static byte[] make(KeyPair keys, String name) throws IOException {
    try {
      return new JcaPKCS10CertificationRequestBuilder(
              new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build(),
              keys.getPublic())
          .build(new JcaContentSignerBuilder(KeyPairs.SIGNATURE).build(keys.getPrivate()))
          .getEncoded();
    } catch (OperatorCreationException e) {
      throw new IOException("cannot make a request for a certificate: " + e.getMessage(), e);
    }
  }

  /** The key of a request that is signed with it. */
  static PublicKey keyOf(byte[] der) throws MalformedException {
    if (der.length > MAX_BYTES) {
      throw new MalformedException("a request of " + der.length + " bytes");
    }
    try {
      JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(der);
      if (!Arrays.equals(rewritten(request), der)) {
        throw new MalformedException("it is not written as it should be");
      }
      if (!KeyPairs.isP256(request.getSubjectPublicKeyInfo())) {
        throw new MalformedException("its key is not of P-256");
      }
      PublicKey key = request.getPublicKey();
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new MalformedException("it is not signed with its key");
      }
      return key;
    } catch (IOException
        | PKCSException
        | OperatorCreationException
        | GeneralSecurityException
        | RuntimeException e) {
      // a stranger's bytes: whatever the parser makes of them is a refusal
      throw new MalformedException("not a request for a certificate", e);
    }
  }

  /** As its parts are written by the book; the parser takes more than that. */
  private static byte[] rewritten(JcaPKCS10CertificationRequest request) throws IOException {
    CertificationRequest found = request.toASN1Structure();
    return new CertificationRequest(
            found.getCertificationRequestInfo(),
            found.getSignatureAlgorithm(),
            found.getSignature())
        .getEncoded(ASN1Encoding.DER);
  }
}
