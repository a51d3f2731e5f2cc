package io.tharsis.replication.trust;

import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * What the world gives this package beside files. Immutable.
 *
 * @param clock wall time: for validity and expiry, never for order
 * @param random keys, secrets and serial numbers
 * @param limits how long things live
 */
public record TrustSetting(InstantSource clock, SecureRandom random, TrustLimits limits) {

  /** The host's clock and randomness, and the standard limits. */
  public static TrustSetting standard() {
    return new TrustSetting(InstantSource.system(), new SecureRandom(), TrustLimits.standard());
  }
}
