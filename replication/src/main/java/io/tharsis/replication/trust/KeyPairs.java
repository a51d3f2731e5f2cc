package io.tharsis.replication.trust;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECGenParameterSpec;
import java.util.UUID;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** The one kind of key there is here, NIST P-256, and what is done with it by the JDK. */
final class KeyPairs {

  /** How everything is signed: RFC 5758, 3.2, and what TLS 1.3 must offer (RFC 8446, 9.1). */
  static final String SIGNATURE = "SHA256withECDSA";

  private static final String CURVE = "secp256r1";
  private static final byte[] PROBE = {'p', 'r', 'o', 'b', 'e'};

  private KeyPairs() {}

  static KeyPair generate(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(CURVE), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot make P-256 keys", e);
    }
  }

  static boolean isP256(SubjectPublicKeyInfo key) {
    return isP256(key.getAlgorithm());
  }

  static boolean isP256(PrivateKeyInfo key) {
    return isP256(key.getPrivateKeyAlgorithm());
  }

  private static boolean isP256(AlgorithmIdentifier algorithm) {
    return algorithm.getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
        && SECObjectIdentifiers.secp256r1.equals(algorithm.getParameters());
  }

  static byte[] sign(PrivateKey key, byte[] content) throws IOException {
    try {
      Signature signature = Signature.getInstance(SIGNATURE);
      signature.initSign(key);
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot sign: " + e.getMessage(), e);
    }
  }

  static boolean verifies(PublicKey key, byte[] content, byte[] signed) {
    try {
      Signature signature = Signature.getInstance(SIGNATURE);
      signature.initVerify(key);
      signature.update(content);
      return signature.verify(signed);
    } catch (InvalidKeyException | SignatureException e) {
      // a signature that cannot even be parsed verifies nothing
      return false;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no " + SIGNATURE, e);
    }
  }

  /** Whether a private key is the one of a public key. */
  static boolean belong(PrivateKey secret, PublicKey open) throws IOException {
    return verifies(open, PROBE, sign(secret, PROBE));
  }

  /**
   * The node id that goes with the first key of a node, RFC 9562 version 8. Nobody can ask for the
   * id of another node without having its key, and who asks again with the same key is the same
   * node.
   */
  static UUID nodeIdOf(PublicKey first) {
    ByteBuffer digest = ByteBuffer.wrap(sha256(first.getEncoded()));
    long high = (digest.getLong() & ~0xF000L) | 0x8000L;
    long low = (digest.getLong() & ~(0b11L << 62)) | (0b10L << 62);
    return new UUID(high, low);
  }

  static byte[] sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }
}
