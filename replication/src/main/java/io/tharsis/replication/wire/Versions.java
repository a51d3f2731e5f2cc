package io.tharsis.replication.wire;

import io.tharsis.logfiles.seam.Invariant;
import java.util.Optional;

/**
 * The protocol versions that a program speaks.
 *
 * @param oldest from this one
 * @param newest to this one, at least {@code oldest}
 */
public record Versions(int oldest, int newest) {

  /** What this program speaks. */
  public static final Versions SUPPORTED = new Versions(1, 1);

  /** A range that can be. */
  public Versions {
    Invariant.check(0 < oldest && oldest <= newest && newest <= 0xFFFF, "versions", oldest, newest);
  }

  /** The newest version that both speak. */
  public Optional<Integer> newestCommon(Versions other) {
    int common = Math.min(newest, other.newest);
    return common >= Math.max(oldest, other.oldest) ? Optional.of(common) : Optional.empty();
  }

  @Override
  public String toString() {
    return oldest + " to " + newest;
  }
}
