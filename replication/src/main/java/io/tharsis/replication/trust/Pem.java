package io.tharsis.replication.trust;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** Textual encodings of keys and certificates, RFC 7468. */
final class Pem {

  static final String CERTIFICATE = "CERTIFICATE";
  static final String PRIVATE_KEY = "PRIVATE KEY";
  static final String ENCRYPTED_KEY = "ENCRYPTED PRIVATE KEY";
  static final String CLUSTER_DOCUMENT = "THARSIS CLUSTER DOCUMENT";

  private Pem() {}

  static PemObject of(X509Certificate certificate) {
    return new PemObject(CERTIFICATE, der(certificate));
  }

  static PemObject of(PrivateKey key) {
    return new PemObject(PRIVATE_KEY, key.getEncoded());
  }

  static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate without an encoding", e);
    }
  }

  static String write(PemObject... objects) {
    StringWriter text = new StringWriter();
    try (PemWriter out = new PemWriter(text)) {
      for (PemObject object : objects) {
        out.writeObject(object);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  static byte[] ascii(String pem) {
    return pem.getBytes(StandardCharsets.US_ASCII);
  }

  /** The contents of a text that must consist of exactly these types in this order. */
  static List<byte[]> read(byte[] text, String... types) throws MalformedException {
    String ascii = new String(text, StandardCharsets.US_ASCII);
    List<byte[]> contents = new ArrayList<>();
    try (PemReader in = new PemReader(new StringReader(ascii))) {
      for (String type : types) {
        PemObject object = in.readPemObject();
        if (object == null || !object.getType().equals(type)) {
          throw new MalformedException("no " + type + " where one should be");
        }
        contents.add(object.getContent());
      }
      if (in.readPemObject() != null) {
        throw new MalformedException("more in it than should be");
      }
    } catch (IOException | RuntimeException e) {
      // the decoder of Base64 throws what it likes
      throw new MalformedException("bad PEM: " + e.getMessage(), e);
    }
    return contents;
  }

  static PrivateKey privateKey(byte[] pkcs8) throws MalformedException {
    try {
      if (!KeyPairs.isP256(PrivateKeyInfo.getInstance(pkcs8))) {
        throw new MalformedException("not a P-256 key");
      }
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException | RuntimeException e) {
      // the parser of ASN.1 throws several of them
      throw new MalformedException("not a private key", e);
    }
  }
}
