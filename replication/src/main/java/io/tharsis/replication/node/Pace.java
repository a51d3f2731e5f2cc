package io.tharsis.replication.node;

/** How fast a count grows, smoothed over a few seconds. Lives with the replica. */
final class Pace {

  private static final double WEIGHT = 0.4;
  private static final long SHORTEST_NANOS = 200_000_000;
  private static final double NANOS_PER_SECOND = 1e9;

  private boolean begun;
  private long count;
  private long nanos;
  private double perSecond;

  /** The count stands there now; says how much it grows in a second. */
  long at(long newCount, long newNanos) {
    if (!begun || newCount < count) {
      begun = true;
      count = newCount;
      nanos = newNanos;
    } else if (newNanos - nanos >= SHORTEST_NANOS) {
      double now = (newCount - count) * NANOS_PER_SECOND / (newNanos - nanos);
      perSecond = perSecond == 0 ? now : perSecond + WEIGHT * (now - perSecond);
      count = newCount;
      nanos = newNanos;
    }
    return Math.round(perSecond);
  }
}
