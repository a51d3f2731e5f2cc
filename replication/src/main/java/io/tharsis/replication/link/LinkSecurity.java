package io.tharsis.replication.link;

import io.tharsis.replication.wire.LinkClass;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Keys and verdicts for TLS between nodes. Asked on any thread, and again for every connection, so
 * that a renewed key and a new revocation count at once. Host names play no part: who a peer is, is
 * in its certificate.
 */
public interface LinkSecurity {

  /**
   * What one end of a connection works with.
   *
   * @param keys this node's key and certificate, if it has one
   * @param trust judges what the other end shows
   */
  record Side(Optional<X509ExtendedKeyManager> keys, X509ExtendedTrustManager trust) {}

  /**
   * For connections that others open. A node that opens one without a certificate may only join.
   */
  Side accepting();

  /** For a connection of this class that this node opens. */
  Side connecting(LinkClass linkClass);

  /**
   * The node that a certificate names.
   *
   * @throws CertificateException if it names none
   */
  UUID nodeOf(X509Certificate certificate) throws CertificateException;
}
