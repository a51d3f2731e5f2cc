package io.tharsis.replication.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How old what a member has not got is. */
class TrailTest {

  private static final long MILLI = 1_000_000;

  @Test
  void whatIsMissingIsAsOldAsItsFirstPart() {
    Trail trail = new Trail(100, 0);
    trail.reached(200, 5 * MILLI);
    trail.reached(300, 9 * MILLI);
    assertThat(trail.lagNanos(99, 10 * MILLI)).isEqualTo(10 * MILLI);
    assertThat(trail.lagNanos(100, 10 * MILLI)).isEqualTo(5 * MILLI);
    assertThat(trail.lagNanos(299, 10 * MILLI)).isEqualTo(MILLI);
    assertThat(trail.lagNanos(300, 10 * MILLI)).isZero();
    trail.forget(200);
    assertThat(trail.lagNanos(200, 10 * MILLI)).isEqualTo(MILLI);
  }

  /** However much there is of it, it never tells too short, and it is precise about the newest. */
  @Test
  void itTellsRatherTooLong() {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      Trail trail = new Trail(0, 0);
      TreeMap<Long, Long> truth = new TreeMap<>();
      long now = 0;
      long lsn = 0;
      for (int i = 0; i < 5000; i++) {
        now += random.nextInt(3 * (int) MILLI);
        lsn += 1 + random.nextInt(4096);
        truth.put(lsn, now);
        trail.reached(lsn, now);
        long asked = lsn - random.nextInt((int) Math.min(lsn, 100_000));
        var missing = truth.higherEntry(asked);
        long lag = missing == null ? 0 : now - missing.getValue();
        assertThat(trail.lagNanos(asked, now)).isGreaterThanOrEqualTo(lag);
        if (asked > lsn - 4096) {
          assertThat(trail.lagNanos(asked, now)).isLessThan(lag + 10 * MILLI);
        }
      }
    }
  }
}
