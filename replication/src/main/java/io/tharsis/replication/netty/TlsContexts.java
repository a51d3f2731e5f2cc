package io.tharsis.replication.netty;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.tharsis.replication.link.Certified;
import io.tharsis.replication.link.DistrustedException;
import io.tharsis.replication.link.LinkSecurity;
import io.tharsis.replication.link.Shown;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.RefusalCode;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** TLS 1.3 and nothing else, for both ends, with the keys and verdicts of {@link LinkSecurity}. */
final class TlsContexts {

  private static final String PROTOCOL = "TLSv1.3";
  private static final int REHEARSALS = 5;

  private final LinkSecurity security;
  private final SslProvider provider;

  TlsContexts(LinkSecurity security, SslProvider provider) {
    this.security = security;
    this.provider = provider;
  }

  SslHandler accepting(Channel channel) throws SSLException {
    LinkSecurity.Side side = security.accepting();
    SslContext context =
        SslContextBuilder.forServer(
                side.keys().orElseThrow(() -> new SSLException("this node has no certificate")))
            .trustManager(side.trust())
            .clientAuth(ClientAuth.OPTIONAL)
            .sslProvider(provider)
            .protocols(PROTOCOL)
            .build();
    return handler(context, channel);
  }

  SslHandler connecting(Channel channel, LinkClass linkClass) throws SSLException {
    LinkSecurity.Side side = security.connecting(linkClass);
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .trustManager(side.trust())
            .endpointIdentificationAlgorithm("")
            .sslProvider(provider)
            .protocols(PROTOCOL);
    side.keys().ifPresent(builder::keyManager);
    return handler(builder.build(), channel);
  }

  /**
   * Goes through some handshakes between two ends here, and gives how many have succeeded. The
   * first ones take the better part of a second in a young JVM, and the first link that this node
   * opens may be one that writers wait for. Blocks.
   */
  int rehearse() {
    int done = 0;
    for (int i = 0; i < REHEARSALS && done == i; i++) {
      EmbeddedChannel one = new EmbeddedChannel();
      EmbeddedChannel other = new EmbeddedChannel();
      try {
        done += rehearse(one, other) ? 1 : 0;
      } catch (SSLException | DecoderException refused) {
        // this node would be refused by itself: it finds out when it matters
        return done;
      } finally {
        boolean _ = one.finishAndReleaseAll();
        boolean _ = other.finishAndReleaseAll();
      }
    }
    return done;
  }

  private boolean rehearse(EmbeddedChannel one, EmbeddedChannel other) throws SSLException {
    SslHandler client = connecting(one, LinkClass.CONTROL);
    SslHandler server = accepting(other);
    one.pipeline().addLast(client);
    other.pipeline().addLast(server);
    boolean talking = true;
    while (talking) {
      talking = carry(one, other) || carry(other, one);
    }
    return client.handshakeFuture().isSuccess() && server.handshakeFuture().isSuccess();
  }

  private static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
    Object bytes = from.readOutbound();
    if (bytes == null) {
      return false;
    }
    boolean _ = to.writeInbound(bytes);
    return true;
  }

  /**
   * Without the peer's address, so that no session is taken up again unseen. Computes on the loop:
   * a handler that waits for another thread goes on reading meanwhile, and a channel of io_uring
   * whose read is under way cannot change its loop.
   */
  private SslHandler handler(SslContext context, Channel channel) {
    SslHandler handler = context.newHandler(channel.alloc());
    // who greets has a deadline for all of it
    handler.setHandshakeTimeoutMillis(0);
    return handler;
  }

  /** What the other end has shown. */
  Shown shownTo(SSLEngine engine) {
    Certificate[] chain;
    try {
      chain = engine.getSession().getPeerCertificates();
    } catch (SSLPeerUnverifiedException noneShown) {
      return new Shown.Nothing();
    }
    if (chain.length == 0 || !(chain[0] instanceof X509Certificate leaf)) {
      return new Shown.Nothing();
    }
    try {
      if (!engine.getUseClientMode()) {
        judgeAgain(chain, engine);
      }
      return new Certified(
          security.nodeOf(leaf),
          leaf.getSerialNumber(),
          leaf.getNotAfter().toInstant(),
          ownUntil(engine));
    } catch (DistrustedException refused) {
      return new Shown.Distrusted(refused.code(), refused.getMessage());
    } catch (CertificateException unfit) {
      return new Shown.Distrusted(RefusalCode.WRONG_CERTIFICATE, "the certificate is of no node");
    }
  }

  /** A renewed certificate does not change what this handshake has shown. */
  private static Instant ownUntil(SSLEngine engine) {
    Certificate[] shown = engine.getSession().getLocalCertificates();
    return shown != null && shown.length > 0 && shown[0] instanceof X509Certificate own
        ? own.getNotAfter().toInstant()
        : Instant.MAX;
  }

  /** A session that was taken up again was judged when it began: its node may be revoked since. */
  private void judgeAgain(Certificate[] chain, SSLEngine engine) throws CertificateException {
    X509Certificate[] certificates = new X509Certificate[chain.length];
    for (int i = 0; i < chain.length; i++) {
      certificates[i] = (X509Certificate) chain[i];
    }
    security
        .accepting()
        .trust()
        .checkClientTrusted(certificates, certificates[0].getPublicKey().getAlgorithm(), engine);
  }
}
