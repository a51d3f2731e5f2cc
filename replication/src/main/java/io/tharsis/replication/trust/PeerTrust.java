package io.tharsis.replication.trust;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Asks for a verdict in a handshake. Host names play no part: who a peer is, is in its certificate.
 * Any thread.
 */
final class PeerTrust extends X509ExtendedTrustManager {

  private final Function<List<X509Certificate>, Verdict> judge;
  private final X509Certificate[] anchors;
  private final Consumer<Refused> report;

  PeerTrust(
      Function<List<X509Certificate>, Verdict> judge,
      X509Certificate anchor,
      Consumer<Refused> report) {
    this(judge, report, new X509Certificate[] {anchor});
  }

  private PeerTrust(
      Function<List<X509Certificate>, Verdict> judge,
      Consumer<Refused> report,
      X509Certificate[] anchors) {
    this.judge = judge;
    this.anchors = anchors;
    this.report = report;
  }

  /** For who has no anchor yet. */
  static PeerTrust withoutAnchor(Function<List<X509Certificate>, Verdict> judge) {
    return new PeerTrust(judge, refused -> {}, new X509Certificate[0]);
  }

  /**
   * Who was revoked, or comes with an expired certificate, is one of ours all the same: he gets
   * through the handshake, to be refused in words by the greeting, which judges again. TLS could
   * tell him only that something is wrong.
   */
  private void checkCaller(X509Certificate[] chain) throws CertificateException {
    boolean wasOurs =
        judge.apply(List.of(chain)) instanceof Verdict.Distrusted(Refused refused)
            && (refused.code() == TrustCode.REVOKED
                || refused.code() == TrustCode.CERTIFICATE_EXPIRED);
    if (!wasOurs) {
      check(chain);
    }
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    if (judge.apply(List.of(chain)) instanceof Verdict.Distrusted distrusted) {
      report.accept(distrusted.refused());
      throw new CertificateRefusedException(distrusted.refused());
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    checkCaller(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checkCaller(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    checkCaller(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return anchors.clone();
  }
}
