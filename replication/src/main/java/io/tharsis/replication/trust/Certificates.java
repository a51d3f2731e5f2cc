package io.tharsis.replication.trust;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes the two kinds of certificates there are: the cluster's CA, and a node's. RFC 5280, version
 * 3, with the identity in the subject alternative name.
 */
record Certificates(TrustSetting setting) {

  private static final String CLUSTER_URI = "tharsis://";
  private static final Pattern CLUSTER_RULE =
      Pattern.compile("tharsis://([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/([^/]+)");

  /** 127 random bits: positive, below the 20 bytes of RFC 5280, 4.1.2.2. */
  private static final int SERIAL_BITS = 127;

  X509Certificate authority(Cluster cluster, KeyPair keys) throws IOException {
    Instant now = setting.clock().instant();
    X500Name name = name("Tharsis cluster " + cluster.name(), cluster.id());
    X509v3CertificateBuilder builder =
        builder(name, name, now.plus(setting.limits().authorityLife()), keys.getPublic());
    try {
      JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
          .addExtension(
              Extension.keyUsage,
              true,
              new KeyUsage(KeyUsage.keyCertSign | KeyUsage.digitalSignature))
          .addExtension(
              Extension.subjectAlternativeName,
              false,
              uri(CLUSTER_URI + cluster.id() + "/" + cluster.name()))
          .addExtension(
              Extension.subjectKeyIdentifier,
              false,
              extensions.createSubjectKeyIdentifier(keys.getPublic()));
      return sign(builder, keys.getPrivate());
    } catch (NoSuchAlgorithmException e) {
      throw new IOException("cannot identify a key: " + e.getMessage(), e);
    }
  }

  X509Certificate node(AuthorityKey authority, NodeIdentity node, PublicKey key)
      throws IOException {
    Instant now = setting.clock().instant();
    Instant end = earlier(now.plus(setting.limits().certificateLife()), authority.validUntil());
    X500Name subject = name(node.name(), node.clusterId());
    X500Name issuer =
        X500Name.getInstance(authority.certificate().getSubjectX500Principal().getEncoded());
    X509v3CertificateBuilder builder = builder(issuer, subject, end, key);
    try {
      JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
          .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
          .addExtension(
              Extension.extendedKeyUsage,
              false,
              new ExtendedKeyUsage(
                  new KeyPurposeId[] {
                    KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                  }))
          .addExtension(Extension.subjectAlternativeName, false, uri(node.uri().toString()))
          .addExtension(
              Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(key))
          .addExtension(
              Extension.authorityKeyIdentifier,
              false,
              extensions.createAuthorityKeyIdentifier(authority.certificate()));
      return sign(builder, authority.key());
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw new IOException("cannot identify a key: " + e.getMessage(), e);
    }
  }

  /** A certificate from bytes that nobody has vouched for. */
  static X509Certificate parse(byte[] der) throws MalformedException {
    try {
      ByteArrayInputStream in = new ByteArrayInputStream(der);
      X509Certificate certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      if (in.available() > 0) {
        throw new MalformedException("bytes behind a certificate");
      }
      return certificate;
    } catch (CertificateException e) {
      throw new MalformedException("not a certificate", e);
    }
  }

  /** Which cluster a CA's certificate is of. */
  static Cluster clusterOf(X509Certificate authority) throws MalformedException {
    Matcher parts = CLUSTER_RULE.matcher(NodeCertificate.onlyUri(authority));
    if (!parts.matches() || !NodeName.isGood(parts.group(2))) {
      throw new MalformedException("not the CA certificate of a cluster");
    }
    if (authority.getBasicConstraints() < 0) {
      throw new MalformedException("not a CA certificate");
    }
    return new Cluster(UUID.fromString(parts.group(1)), parts.group(2));
  }

  /** What a token names the CA by. */
  static byte[] fingerprint(X509Certificate certificate) {
    return KeyPairs.sha256(Pem.der(certificate));
  }

  private X509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, Instant end, PublicKey key) {
    Instant begin = setting.clock().instant().minus(setting.limits().clockSkew());
    BigInteger serial = new BigInteger(SERIAL_BITS, setting.random()).add(BigInteger.ONE);
    return new JcaX509v3CertificateBuilder(
        issuer, serial, Date.from(begin), Date.from(end), subject, key);
  }

  private X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
      throws IOException {
    try {
      byte[] der =
          builder
              .build(
                  new JcaContentSignerBuilder(KeyPairs.SIGNATURE)
                      .setSecureRandom(setting.random())
                      .build(key))
              .getEncoded();
      return parse(der);
    } catch (OperatorCreationException | MalformedException e) {
      throw new IOException("cannot make a certificate: " + e.getMessage(), e);
    }
  }

  private static X500Name name(String common, UUID cluster) {
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, "tharsis " + cluster)
        .addRDN(BCStyle.CN, common.length() > 64 ? common.substring(0, 64) : common)
        .build();
  }

  private static GeneralNames uri(String uri) {
    return new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
