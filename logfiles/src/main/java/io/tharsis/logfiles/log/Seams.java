package io.tharsis.logfiles.log;

import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.seam.Store;

/**
 * How one resource reaches the world.
 *
 * @param owner the executor it lives on
 * @param clock time on that owner
 * @param entropy for ids
 * @param store the resource's directory
 */
public record Seams(Owner owner, Clock clock, Entropy entropy, Store store) {

  /** The same in another directory. */
  public Seams in(Store other) {
    return new Seams(owner, clock, entropy, other);
  }
}
