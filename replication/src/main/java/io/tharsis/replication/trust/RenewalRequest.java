package io.tharsis.replication.trust;

import java.security.KeyPair;

/**
 * A renewal that was begun: the next key, and what to send. Lives in memory only; whoever forgets
 * it begins again. Immutable.
 */
public final class RenewalRequest {

  private final KeyPair keys;
  private final byte[] signingRequest;

  RenewalRequest(KeyPair keys, byte[] signingRequest) {
    this.keys = keys;
    this.signingRequest = signingRequest;
  }

  KeyPair keys() {
    return keys;
  }

  /** PKCS #10, for the node that holds the CA. */
  public byte[] signingRequest() {
    return signingRequest.clone();
  }
}
