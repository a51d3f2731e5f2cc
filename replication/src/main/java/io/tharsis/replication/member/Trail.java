package io.tharsis.replication.member;

import java.util.ArrayDeque;

/**
 * When the newest part of a log became durable, for telling how long a member is behind. Coarse: it
 * tells rather too long than too short. Belongs to a {@link Promise}.
 */
final class Trail {

  /** Log that became durable within this time is of one age. */
  private static final long GRAIN_NANOS = 1_000_000;

  /** More steps than this are made coarser. */
  private static final int MOST_STEPS = 512;

  /** Everything below the LSN that no earlier step has became durable then or later. */
  private record Step(long endLsn, long sinceNanos) {}

  private ArrayDeque<Step> steps = new ArrayDeque<>();
  private long endLsn;

  /** A log that is durable so far; what is in it counts as if it became so now. */
  Trail(long endLsn, long nowNanos) {
    this.endLsn = endLsn;
    steps.add(new Step(endLsn, nowNanos));
  }

  /** The log is durable up to here now. */
  void reached(long lsn, long nowNanos) {
    if (lsn <= endLsn) {
      return;
    }
    endLsn = lsn;
    if (!steps.isEmpty() && nowNanos - steps.getLast().sinceNanos() < GRAIN_NANOS) {
      steps.add(new Step(lsn, steps.removeLast().sinceNanos()));
      return;
    }
    steps.add(new Step(lsn, nowNanos));
    if (steps.size() > MOST_STEPS) {
      halve();
    }
  }

  /** Two steps become one, as old as the older one. */
  private void halve() {
    ArrayDeque<Step> fewer = new ArrayDeque<>();
    while (steps.size() > 1) {
      long sinceNanos = steps.remove().sinceNanos();
      fewer.add(new Step(steps.remove().endLsn(), sinceNanos));
    }
    fewer.addAll(steps);
    steps = fewer;
  }

  /** Nobody is behind this any more. */
  void forget(long lsn) {
    while (!steps.isEmpty() && steps.peek().endLsn() <= lsn) {
      steps.remove();
    }
  }

  /** How long something beyond {@code lsn} has been durable here; 0 if there is nothing. */
  long lagNanos(long lsn, long nowNanos) {
    for (Step step : steps) {
      if (step.endLsn() > lsn) {
        return nowNanos - step.sinceNanos();
      }
    }
    return 0;
  }
}
