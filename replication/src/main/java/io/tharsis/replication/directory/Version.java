package io.tharsis.replication.directory;

import io.tharsis.logfiles.seam.Invariant;
import java.util.Comparator;

/**
 * The version of a document. Versions are ordered; the greater one is the newer one as long as they
 * are of one {@link Line}.
 *
 * @param epoch in which it was written
 * @param counter counts up within the epoch, from 1
 */
public record Version(EpochRef epoch, long counter) implements Comparable<Version> {

  /** Largest counter; half of it is the most that is believed of a peer. */
  static final long MAX_COUNTER = 1L << 62;

  private static final Comparator<Version> ORDER =
      Comparator.comparing(Version::epoch).thenComparingLong(Version::counter);

  /** A version with a counter that can be. */
  public Version {
    Invariant.check(0 < counter && counter <= MAX_COUNTER, "version counter", counter);
  }

  /** Whether a writer could still go beyond it. */
  boolean canBeOvertaken() {
    return epoch.number() <= EpochRef.MAX_HEARD && counter <= MAX_COUNTER / 2;
  }

  @Override
  public int compareTo(Version other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return epoch + "." + counter;
  }
}
