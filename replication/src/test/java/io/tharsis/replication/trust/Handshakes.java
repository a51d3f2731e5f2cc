package io.tharsis.replication.trust;

import java.nio.ByteBuffer;
import java.security.KeyManagementException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** TLS between two engines of the JDK in memory. */
final class Handshakes {

  private Handshakes() {}

  static SSLContext context(X509ExtendedTrustManager trust, X509ExtendedKeyManager... keys) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          keys.length == 0 ? new KeyManager[0] : new KeyManager[] {keys[0]},
          new TrustManager[] {trust},
          new SecureRandom());
      return context;
    } catch (NoSuchAlgorithmException | KeyManagementException e) {
      throw new IllegalStateException(e);
    }
  }

  static SSLContext context(ClusterTrust node) {
    return context(node.trustManager(), node.keyManager());
  }

  static SSLEngine client(SSLContext context, String... protocols) {
    SSLEngine engine = context.createSSLEngine("peer", 7777);
    engine.setUseClientMode(true);
    engine.setEnabledProtocols(protocols);
    return engine;
  }

  static SSLEngine server(SSLContext context, boolean needsClient) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(new String[] {"TLSv1.3"});
    if (needsClient) {
      engine.setNeedClientAuth(true);
    } else {
      engine.setWantClientAuth(true);
    }
    return engine;
  }

  /** Shakes hands, and lets one byte pass each way so that alerts and tickets arrive. */
  static void shake(SSLEngine client, SSLEngine server) throws SSLException {
    ByteBuffer toServer = ByteBuffer.allocate(1 << 17);
    ByteBuffer toClient = ByteBuffer.allocate(1 << 17);
    for (int round = 0; round < 40; round++) {
      turn(client, toClient, toServer);
      turn(server, toServer, toClient);
    }
  }

  private static void turn(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    ByteBuffer scratch = ByteBuffer.allocate(1 << 15);
    tasks(engine);
    in.flip();
    while (in.hasRemaining() && engine.unwrap(in, scratch.clear()).bytesConsumed() > 0) {
      tasks(engine);
    }
    in.compact();
    tasks(engine);
    ByteBuffer one = ByteBuffer.wrap(new byte[] {1});
    boolean open = engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
    if (!engine.isOutboundDone() && (open || needsWrap(engine))) {
      engine.wrap(one, out);
      while (needsWrap(engine) && engine.wrap(one, out).bytesProduced() > 0) {
        tasks(engine);
      }
    }
  }

  private static boolean needsWrap(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
  }

  private static void tasks(SSLEngine engine) {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }
}
