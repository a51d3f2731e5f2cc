package io.tharsis.replication.trust;

import static io.tharsis.replication.trust.TrustWorld.assertDistrusted;
import static io.tharsis.replication.trust.TrustWorld.assertIs;
import static io.tharsis.replication.trust.TrustWorld.authority;
import static io.tharsis.replication.trust.TrustWorld.redeem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The key and trust managers in real TLS handshakes. */
class HandshakeTest {

  private static final String TLS = "TLSv1.3";

  private final TrustWorld world = new TrustWorld();
  private final TrustWorld.Heard heard = new TrustWorld.Heard();
  private ClusterTrust holder;
  private ClusterTrust beta;

  @BeforeEach
  void makeCluster() throws Exception {
    holder = world.cluster("alpha");
    beta = world.join(holder, "beta");
    holder.listen(heard);
  }

  private static List<X509Certificate> peers(SSLEngine engine) throws SSLPeerUnverifiedException {
    Certificate[] chain = engine.getSession().getPeerCertificates();
    return Stream.of(chain).map(X509Certificate.class::cast).toList();
  }

  private static Refused causeOf(Throwable failure) {
    Throwable at = failure;
    while (at != null && !(at instanceof CertificateRefusedException)) {
      at = at.getCause();
    }
    assertThat(at).as("cause of " + failure).isNotNull();
    return ((CertificateRefusedException) at).refused();
  }

  private void assertServerRefuses(SSLContext client, TrustCode code) {
    SSLEngine server = Handshakes.server(Handshakes.context(holder), true);
    Throwable failure =
        catchThrowable(() -> Handshakes.shake(Handshakes.client(client, TLS), server));
    assertThat(failure).isInstanceOf(SSLException.class);
    assertIs(causeOf(failure), code);
    assertThat(heard.refused).extracting(Refused::code).containsOnly(code);
  }

  @Test
  void membersShakeHandsAndKnowEachOther() throws Exception {
    SSLEngine client = Handshakes.client(Handshakes.context(beta), TLS);
    SSLEngine server = Handshakes.server(Handshakes.context(holder), true);
    Handshakes.shake(client, server);
    assertThat(client.getSession().getProtocol()).isEqualTo(TLS);
    assertThat(holder.judge(peers(server))).isEqualTo(new Verdict.Trusted(beta.certificate()));
    assertThat(beta.judge(peers(client))).isEqualTo(new Verdict.Trusted(holder.certificate()));
    assertThat(heard.refused).isEmpty();
  }

  @Test
  void aForeignNodeIsRefusedByServerAndClient() throws Exception {
    ClusterTrust other = world.home().create("blue", "beta");
    SSLContext believing = Handshakes.context(holder.trustManager(), other.keyManager());
    assertServerRefuses(believing, TrustCode.CERTIFICATE_FOREIGN);
    SSLEngine client = Handshakes.client(Handshakes.context(holder), TLS);
    SSLEngine server = Handshakes.server(Handshakes.context(other), true);
    Throwable failure = catchThrowable(() -> Handshakes.shake(client, server));
    assertIs(causeOf(failure), TrustCode.CERTIFICATE_FOREIGN);
  }

  /** A caller that was one of ours gets as far as the greeting, which tells him why. */
  private void assertGreetingRefuses(ClusterTrust caller, TrustCode code) throws Exception {
    SSLEngine server = Handshakes.server(Handshakes.context(holder), true);
    Handshakes.shake(Handshakes.client(Handshakes.context(caller), TLS), server);
    X509Certificate shown = peers(server).getFirst();
    Throwable failure = catchThrowable(() -> new ClusterLinkSecurity(holder).nodeOf(shown));
    assertIs(causeOf(failure), code);
    assertThat(heard.refused).extracting(Refused::code).containsOnly(code);
  }

  private void assertCalledOneIsRefused(ClusterTrust called, TrustCode code) {
    SSLEngine server = Handshakes.server(Handshakes.context(called), true);
    SSLEngine client = Handshakes.client(Handshakes.context(holder), TLS);
    Throwable failure = catchThrowable(() -> Handshakes.shake(client, server));
    assertThat(failure).isInstanceOf(SSLException.class);
    assertIs(causeOf(failure), code);
  }

  @Test
  void aRevokedNodeIsRefused() throws Exception {
    authority(holder).revokeNode(beta.identity().nodeId());
    assertGreetingRefuses(beta, TrustCode.REVOKED);
    assertCalledOneIsRefused(beta, TrustCode.REVOKED);
  }

  @Test
  void anExpiredNodeIsRefused() throws Exception {
    world.time.pass(Duration.ofDays(5 * 365 - 10));
    RenewalRequest renewal = holder.beginRenewal();
    holder.completeRenewal(
        renewal, authority(holder).renew(holder.certificate(), renewal.signingRequest()));
    world.time.pass(Duration.ofDays(11));
    assertGreetingRefuses(beta, TrustCode.CERTIFICATE_EXPIRED);
    assertCalledOneIsRefused(beta, TrustCode.CERTIFICATE_EXPIRED);
  }

  @Test
  void withoutACertificateNobodyGetsALink() throws Exception {
    SSLContext nobody = Handshakes.context(beta.trustManager());
    SSLEngine needing = Handshakes.server(Handshakes.context(holder), true);
    assertThatThrownBy(() -> Handshakes.shake(Handshakes.client(nobody, TLS), needing))
        .isInstanceOf(SSLException.class);
    SSLEngine asking = Handshakes.server(Handshakes.context(holder), false);
    Handshakes.shake(Handshakes.client(nobody, TLS), asking);
    assertThatThrownBy(() -> peers(asking)).isInstanceOf(SSLPeerUnverifiedException.class);
    assertDistrusted(holder.judge(List.of()), TrustCode.NO_CERTIFICATE);
  }

  @Test
  void olderTlsIsRefused() throws Exception {
    SSLEngine client = Handshakes.client(Handshakes.context(beta), "TLSv1.2");
    SSLEngine server = Handshakes.server(Handshakes.context(holder), true);
    assertThatThrownBy(() -> Handshakes.shake(client, server)).isInstanceOf(SSLException.class);
  }

  @Test
  void aJoinerTalksToTheIssuerOnly() throws Exception {
    Joining joining = world.joining(holder, "gamma");
    SSLContext joiner = Handshakes.context(joining.trustManager());
    SSLEngine client = Handshakes.client(joiner, TLS);
    Handshakes.shake(client, Handshakes.server(Handshakes.context(holder), false));
    JoinAnswer answer = redeem(holder, joining.request(peers(client)));
    assertThat(joining.complete(answer).identity().name()).isEqualTo("gamma");

    SSLEngine toBeta = Handshakes.client(joiner, TLS);
    SSLEngine atBeta = Handshakes.server(Handshakes.context(beta), false);
    Throwable failure = catchThrowable(() -> Handshakes.shake(toBeta, atBeta));
    assertIs(causeOf(failure), TrustCode.WRONG_ISSUER);

    ClusterTrust other = world.home().create("blue", "alpha");
    SSLEngine toOther = Handshakes.client(joiner, TLS);
    SSLEngine atOther = Handshakes.server(Handshakes.context(other), false);
    Throwable wrong = catchThrowable(() -> Handshakes.shake(toOther, atOther));
    assertIs(causeOf(wrong), TrustCode.WRONG_CA);
  }

  @Test
  void aRenewedCertificateIsUsedByTheNextHandshake() throws Exception {
    SSLContext context = Handshakes.context(beta);
    NodeCertificate old = beta.certificate();
    RenewalRequest request = beta.beginRenewal();
    beta.completeRenewal(request, authority(holder).renew(old, request.signingRequest()));
    SSLEngine server = Handshakes.server(Handshakes.context(holder), true);
    Handshakes.shake(Handshakes.client(context, TLS), server);
    assertThat(peers(server).getFirst()).isEqualTo(beta.certificate().certificate());
    assertThat(beta.certificate()).isNotEqualTo(old);
  }

  /** A resumed session asks no trust manager: why a verdict is wanted after every handshake. */
  @Test
  void aResumedSessionOfARevokedNodeIsDistrusted() throws Exception {
    SSLContext clientContext = Handshakes.context(beta);
    SSLContext serverContext = Handshakes.context(holder);
    Handshakes.shake(Handshakes.client(clientContext, TLS), Handshakes.server(serverContext, true));
    authority(holder).revokeNode(beta.identity().nodeId());
    SSLEngine server = Handshakes.server(serverContext, true);
    Throwable failure =
        catchThrowable(() -> Handshakes.shake(Handshakes.client(clientContext, TLS), server));
    if (failure == null) {
      assertDistrusted(holder.judge(peers(server)), TrustCode.REVOKED);
    } else {
      assertIs(causeOf(failure), TrustCode.REVOKED);
    }
  }
}
