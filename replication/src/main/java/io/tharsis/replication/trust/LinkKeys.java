package io.tharsis.replication.trust;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Hands this node's key to handshakes. An alias names the serial number, so that a handshake that
 * began before a renewal gets chain and key of one certificate. Any thread.
 */
final class LinkKeys extends X509ExtendedKeyManager {

  private static final String KEY_TYPE = "EC";

  private record Held(Credentials current, Credentials previous) {}

  private volatile Held held;

  LinkKeys(Credentials credentials) {
    held = new Held(credentials, credentials);
  }

  Credentials current() {
    return held.current();
  }

  /** One caller at a time. */
  void use(Credentials next) {
    held = new Held(next, held.current());
  }

  private static String alias(Credentials credentials) {
    return credentials.certificate().serial().toString(16);
  }

  private Stream<Credentials> named(String alias) {
    Held now = held;
    return Stream.of(now.current(), now.previous()).filter(one -> alias(one).equals(alias));
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return named(alias).findFirst().map(Credentials::chain).orElse(null);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return named(alias).findFirst().map(Credentials::key).orElse(null);
  }

  private String choose(String... keyTypes) {
    return Stream.of(keyTypes).anyMatch(KEY_TYPE::equals) ? alias(current()) : null;
  }

  @Override
  public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
    return choose(types);
  }

  @Override
  public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
    return choose(type);
  }

  @Override
  public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    return choose(types);
  }

  @Override
  public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return choose(type);
  }

  @Override
  public String[] getClientAliases(String type, Principal[] issuers) {
    return new String[] {alias(current())};
  }

  @Override
  public String[] getServerAliases(String type, Principal[] issuers) {
    return new String[] {alias(current())};
  }
}
