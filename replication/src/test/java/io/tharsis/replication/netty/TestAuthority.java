package io.tharsis.replication.netty;

import io.tharsis.replication.link.LinkSecurity;
import io.tharsis.replication.wire.LinkClass;
import java.math.BigInteger;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority for tests: the node is the common name. */
final class TestAuthority {

  private final KeyPair keys = newKeys();
  private final Set<UUID> revoked = ConcurrentHashMap.newKeySet();

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  void revoke(UUID node) {
    revoked.add(node);
  }

  private X509Certificate certificate(UUID node, KeyPair of) {
    Instant now = Instant.now();
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              new JcaX509v3CertificateBuilder(
                      new X500Name("CN=authority"),
                      BigInteger.valueOf(now.toEpochMilli()),
                      Date.from(now.minusSeconds(3600)),
                      Date.from(now.plusSeconds(3600)),
                      new X500Name("CN=" + node),
                      of.getPublic())
                  .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (OperatorCreationException | CertificateException e) {
      throw new AssertionError(e);
    }
  }

  /** What a node with a certificate of this authority works with, or one without. */
  LinkSecurity security(Optional<UUID> node) {
    KeyPair own = newKeys();
    X509Certificate certificate = certificate(node.orElse(new UUID(0, 0)), own);
    LinkSecurity.Side nodes = new LinkSecurity.Side(Optional.of(new Keys(own, certificate)), trust);
    LinkSecurity.Side joining = new LinkSecurity.Side(Optional.empty(), trust);
    return new LinkSecurity() {
      @Override
      public Side accepting() {
        return nodes;
      }

      @Override
      public Side connecting(LinkClass linkClass) {
        return linkClass == LinkClass.JOIN || node.isEmpty() ? joining : nodes;
      }

      @Override
      public UUID nodeOf(X509Certificate leaf) throws CertificateException {
        return subject(leaf);
      }
    };
  }

  private static UUID subject(X509Certificate leaf) throws CertificateException {
    try {
      return UUID.fromString(leaf.getSubjectX500Principal().getName().substring(3));
    } catch (IllegalArgumentException e) {
      throw new CertificateException("no node in " + leaf.getSubjectX500Principal(), e);
    }
  }

  private final X509ExtendedTrustManager trust =
      new X509ExtendedTrustManager() {
        private void check(X509Certificate[] chain) throws CertificateException {
          try {
            chain[0].verify(keys.getPublic());
          } catch (GeneralSecurityException e) {
            throw new CertificateException("foreign certificate", e);
          }
          if (revoked.contains(subject(chain[0]))) {
            throw new CertificateException("revoked certificate");
          }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
          check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
          check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
          check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
          check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
          check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
          check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
          return new X509Certificate[0];
        }
      };

  private static final class Keys extends X509ExtendedKeyManager {
    private static final String ALIAS = "node";

    private final KeyPair keys;
    private final X509Certificate certificate;

    Keys(KeyPair keys, X509Certificate certificate) {
      this.keys = keys;
      this.certificate = certificate;
    }

    @Override
    public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
      return ALIAS;
    }

    @Override
    public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
      return type.equals("EC") ? ALIAS : null;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return ALIAS;
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return ALIAS;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {certificate};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return keys.getPrivate();
    }
  }
}
