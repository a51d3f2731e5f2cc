package io.tharsis.replication.directory;

import io.tharsis.logfiles.seam.Invariant;
import java.util.Comparator;
import java.util.UUID;

/**
 * A period in which one writer writes a document. For a resource it is the epoch of its log; for
 * what a node says of itself it is a start of the node's daemon, the id being its incarnation.
 *
 * @param number greater than that of every period it continues, an unsigned 32-bit value
 * @param id random, never used twice
 */
public record EpochRef(long number, UUID id) implements Comparable<EpochRef> {

  /** Largest number; what a peer sends beyond {@link #MAX_HEARD} could never be overtaken. */
  static final long MAX_NUMBER = 0xFFFF_FFFFL;

  static final long MAX_HEARD = MAX_NUMBER - (1 << 20);

  private static final Comparator<EpochRef> ORDER =
      Comparator.comparingLong(EpochRef::number).thenComparing(EpochRef::id, Key.BY_DIGITS);

  /** A reference with a number that can be. */
  public EpochRef {
    Invariant.check(0 <= number && number <= MAX_NUMBER, "epoch number", number);
  }

  @Override
  public int compareTo(EpochRef other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return number + ":" + id.toString().substring(0, 8);
  }
}
