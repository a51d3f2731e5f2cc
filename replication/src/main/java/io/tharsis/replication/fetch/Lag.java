package io.tharsis.replication.fetch;

import io.tharsis.logfiles.format.HybridClock;
import java.util.ArrayDeque;

/**
 * How far the disks here are behind a source, in the source's own time: what it said about itself
 * and when, and which of that the disks have reached. Belongs to the fetcher.
 */
final class Lag {

  /** Samples that are kept; between two of them the lag is told a little too long. */
  private static final int MOST_SAMPLES = 1024;

  private record Sample(long durableLsn, long hybridTime) {}

  private final ArrayDeque<Sample> ahead = new ArrayDeque<>();
  private long durableLsn = -1;
  private long hybridTime;
  private long reachedTime;

  /** The source said how far it is. Its clock may have been set back since it last did. */
  void heard(long durable, long time) {
    durableLsn = durable;
    hybridTime = time;
    if (ahead.size() == MOST_SAMPLES) {
      thinOut();
    }
    ahead.add(new Sample(durable, time));
  }

  private void thinOut() {
    boolean[] keep = {false};
    ahead.removeIf(sample -> {
      keep[0] = !keep[0];
      return !keep[0];
    });
  }

  /** The disks here have everything below {@code checkpoint}. */
  void reached(long checkpoint) {
    while (!ahead.isEmpty() && ahead.peek().durableLsn() <= checkpoint) {
      reachedTime = ahead.remove().hybridTime();
    }
  }

  long durableLsn() {
    return durableLsn;
  }

  long hybridTime() {
    return hybridTime;
  }

  /** Milliseconds; -1 while the disks have reached nothing of what was heard. */
  long millis() {
    return reachedTime == 0
        ? -1
        : Math.max(0, HybridClock.millis(hybridTime) - HybridClock.millis(reachedTime));
  }
}
