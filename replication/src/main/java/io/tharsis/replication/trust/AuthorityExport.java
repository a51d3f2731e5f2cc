package io.tharsis.replication.trust;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.crypto.util.ScryptConfig;
import org.bouncycastle.internal.asn1.misc.ScryptParams;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfoBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEOutputEncryptorBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/**
 * The CA on its way into a safe and back: its certificate, its key under a pass phrase (PKCS #8,
 * RFC 8018 PBES2, scrypt of RFC 7914, AES-256-GCM), and the {@code cluster} document of the day.
 * Immutable.
 */
record AuthorityExport(AuthorityKey key, SignedDocument document) {

  static final int MIN_PASS_PHRASE = 12;

  /** 64 MiB and some tenths of a second for each guess. */
  private static final int SCRYPT_COST = 1 << 16;

  private static final int SCRYPT_BLOCK = 8;
  private static final int SCRYPT_PARALLEL = 1;
  private static final int SALT_BYTES = 16;

  /** Encrypts. */
  String seal(char[] passPhrase, TrustSetting setting) throws IOException, TrustRefusedException {
    if (passPhrase.length < MIN_PASS_PHRASE) {
      throw new TrustRefusedException(
          TrustCode.WEAK_PASS_PHRASE,
          "a pass phrase of " + passPhrase.length + " characters does not protect a CA",
          "use at least " + MIN_PASS_PHRASE + ", better five random words");
    }
    ScryptConfig scrypt =
        new ScryptConfig.Builder(SCRYPT_COST, SCRYPT_BLOCK, SCRYPT_PARALLEL)
            .withSaltLength(SALT_BYTES)
            .build();
    try {
      byte[] encrypted =
          new PKCS8EncryptedPrivateKeyInfoBuilder(
                  PrivateKeyInfo.getInstance(key.key().getEncoded()))
              .build(
                  new JcePKCSPBEOutputEncryptorBuilder(scrypt, NISTObjectIdentifiers.id_aes256_GCM)
                      .setProvider(new BouncyCastleProvider())
                      .setRandom(setting.random())
                      .build(passPhrase))
              .getEncoded();
      return Pem.write(
          Pem.of(key.certificate()),
          new PemObject(Pem.ENCRYPTED_KEY, encrypted),
          new PemObject(Pem.CLUSTER_DOCUMENT, document.toBytes()));
    } catch (OperatorCreationException e) {
      throw new IOException("cannot encrypt: " + e.getMessage(), e);
    }
  }

  /**
   * Decrypts and checks.
   *
   * @param anchor the CA's certificate that this node trusts
   */
  static AuthorityExport open(String text, X509Certificate anchor, char[] passPhrase)
      throws IOException, TrustRefusedException {
    try {
      if (text.length() > HostTrustFiles.MAX_BYTES * 2) {
        throw new MalformedException("it is too long");
      }
      List<byte[]> parts =
          Pem.read(Pem.ascii(text), Pem.CERTIFICATE, Pem.ENCRYPTED_KEY, Pem.CLUSTER_DOCUMENT);
      X509Certificate certificate = Certificates.parse(parts.get(0));
      if (!certificate.equals(anchor)) {
        throw new TrustRefusedException(
            TrustCode.WRONG_CA,
            "this is an export of "
                + Certificates.clusterOf(certificate)
                + ", another CA than ours",
            "import it on a member of that cluster");
      }
      SignedDocument document = SignedDocument.verify(parts.get(2), anchor);
      PrivateKey secret = decrypt(parts.get(1), passPhrase);
      return new AuthorityExport(AuthorityFile.of(certificate, secret), document);
    } catch (MalformedException e) {
      throw new TrustRefusedException(
          new Refused(
              TrustCode.EXPORT_UNREADABLE,
              "this is not a whole export of a CA: " + e.getMessage(),
              "use the file as it was exported"),
          e);
    }
  }

  private static PrivateKey decrypt(byte[] der, char[] passPhrase)
      throws MalformedException, TrustRefusedException {
    PKCS8EncryptedPrivateKeyInfo encrypted = parse(der);
    try {
      return Pem.privateKey(
          encrypted
              .decryptPrivateKeyInfo(
                  new JcePKCSPBEInputDecryptorProviderBuilder()
                      .setProvider(new BouncyCastleProvider())
                      .build(passPhrase))
              .getEncoded());
    } catch (PKCSException | IOException e) {
      throw new TrustRefusedException(
          new Refused(
              TrustCode.WRONG_PASS_PHRASE,
              "the CA's key does not open: the pass phrase is wrong or the file was changed",
              "try again, or use another copy of the file"),
          e);
    }
  }

  /** Only what {@link #seal} makes: a changed cost would let the file eat the memory. */
  private static PKCS8EncryptedPrivateKeyInfo parse(byte[] der) throws MalformedException {
    try {
      PKCS8EncryptedPrivateKeyInfo encrypted = new PKCS8EncryptedPrivateKeyInfo(der);
      PBES2Parameters scheme =
          PBES2Parameters.getInstance(encrypted.getEncryptionAlgorithm().getParameters());
      ScryptParams scrypt = ScryptParams.getInstance(scheme.getKeyDerivationFunc().getParameters());
      boolean ours =
          scheme.getKeyDerivationFunc().getAlgorithm().equals(MiscObjectIdentifiers.id_scrypt)
              && scheme
                  .getEncryptionScheme()
                  .getAlgorithm()
                  .equals(NISTObjectIdentifiers.id_aes256_GCM)
              && scrypt.getCostParameter().intValueExact() == SCRYPT_COST
              && scrypt.getBlockSize().intValueExact() == SCRYPT_BLOCK
              && scrypt.getParallelizationParameter().intValueExact() == SCRYPT_PARALLEL;
      if (!ours) {
        throw new MalformedException("its key is encrypted in another way");
      }
      return encrypted;
    } catch (IOException | RuntimeException e) {
      // the parser of ASN.1 throws several of them
      throw new MalformedException("its key is not an encrypted one", e);
    }
  }
}
