package io.tharsis.replication.trust;

import java.time.Duration;

/**
 * How long things live. Immutable.
 *
 * @param authorityLife validity of the CA's certificate; it is never renewed
 * @param certificateLife validity of a node's certificate: how long a cluster lives whose CA is
 *     lost
 * @param renewAfter age at which a node asks for another certificate
 * @param clockSkew how far certificates are dated back, for nodes whose clocks are behind
 * @param longestToken longest life of a join token
 */
public record TrustLimits(
    Duration authorityLife,
    Duration certificateLife,
    Duration renewAfter,
    Duration clockSkew,
    Duration longestToken) {

  /** Nodes that the {@code cluster} document admits. */
  public static final int MAX_MEMBERS = 256;

  /** Nodes, and certificates, that it revokes; so that it fits into the answer to a joiner. */
  public static final int MAX_REVOKED = 1024;

  /**
   * 50 years, 5 years, 1 year, 1 hour, 7 days. Revocation does not wait for certificates to expire,
   * so they may live long; and they must, because a lost CA renews nothing.
   */
  public static TrustLimits standard() {
    return new TrustLimits(
        Duration.ofDays(50 * 365),
        Duration.ofDays(5 * 365),
        Duration.ofDays(365),
        Duration.ofHours(1),
        Duration.ofDays(7));
  }

  /**
   * With less than this left of a certificate that should have been renewed, somebody must look.
   */
  public Duration warnBefore() {
    return certificateLife.minus(renewAfter).dividedBy(4);
  }

  /** Links that stand on a certificate with less than this left are opened anew with the next. */
  public Duration refreshBefore() {
    return certificateLife.minus(renewAfter).dividedBy(2);
  }

  /** Checks that a certificate is renewed while it is valid. */
  public TrustLimits {
    if (renewAfter.compareTo(certificateLife) >= 0) {
      throw new IllegalArgumentException("certificates would expire before they are renewed");
    }
  }
}
