package io.tharsis.logfiles.host;

import io.tharsis.logfiles.seam.Entropy;
import java.security.SecureRandom;

/** The host's cryptographically strong random numbers. Any thread may use it. */
public final class HostEntropy implements Entropy {

  private final SecureRandom random = new SecureRandom();

  /** Random numbers of the default strong source. */
  public HostEntropy() {}

  @Override
  public long nextLong() {
    return random.nextLong();
  }
}
