package io.tharsis.logfiles.sim;

import io.tharsis.logfiles.seam.Entropy;

/** Random numbers that derive from the seed of the run. */
public final class SimEntropy implements Entropy {

  private final SimRandom random;

  SimEntropy(SimRandom random) {
    this.random = random;
  }

  @Override
  public long nextLong() {
    return random.nextLong();
  }
}
