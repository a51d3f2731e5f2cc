package io.tharsis.replication.directory;

import java.util.Comparator;
import java.util.UUID;

/**
 * Versions of which only the newest is kept. A document of a resource has a line for each epoch of
 * its log, because two epochs can be branches; every other document has one line. A tombstone has a
 * line of its own.
 *
 * @param key what the document is about
 * @param branch epoch id for a resource that is not deleted, {@link Key#NIL} for everything else
 */
public record Line(Key key, UUID branch) implements Comparable<Line> {

  private static final Comparator<Line> ORDER =
      Comparator.comparing(Line::key).thenComparing(Line::branch, Key.BY_DIGITS);

  /** The line of the tombstone, or of everything but a resource. */
  static Line of(Key key) {
    return new Line(key, Key.NIL);
  }

  @Override
  public int compareTo(Line other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return branch.equals(Key.NIL) ? key.toString() : key + "@" + branch.toString().substring(0, 8);
  }
}
