package io.tharsis.replication.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslProvider;
import io.tharsis.replication.link.LinkSecurity;
import io.tharsis.replication.wire.LinkClass;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The handshakes that a node has with itself. */
class TlsContextsTest {

  private final LinkSecurity authority =
      new TestAuthority().security(Optional.of(UUID.randomUUID()));

  private boolean certified = true;
  private int accepted;
  private int opened;

  private final LinkSecurity counted =
      new LinkSecurity() {
        @Override
        public Side accepting() {
          accepted++;
          LinkSecurity.Side side = authority.accepting();
          return certified ? side : new LinkSecurity.Side(Optional.empty(), side.trust());
        }

        @Override
        public Side connecting(LinkClass linkClass) {
          opened++;
          return authority.connecting(linkClass);
        }

        @Override
        public UUID nodeOf(X509Certificate certificate) throws CertificateException {
          return authority.nodeOf(certificate);
        }
      };

  @Test
  void bothEndsOfAHandshakeAreRehearsed() {
    int done = new TlsContexts(counted, SslProvider.JDK).rehearse();
    assertThat(done).isPositive().isEqualTo(accepted).isEqualTo(opened);
  }

  @Test
  void whoHasNoCertificateRehearsesNothing() {
    certified = false;
    assertThat(new TlsContexts(counted, SslProvider.JDK).rehearse()).isZero();
  }
}
