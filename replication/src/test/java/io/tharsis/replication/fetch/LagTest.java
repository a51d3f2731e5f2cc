package io.tharsis.replication.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.HybridClock;
import org.junit.jupiter.api.Test;

class LagTest {

  private final Lag lag = new Lag();
  private long time;

  private void heard(long durable, long millis) {
    time = HybridClock.next(millis, 0);
    lag.heard(durable, time);
  }

  @Test
  void isUnknownUntilTheDisksHaveReachedSomethingThatWasHeard() {
    assertThat(lag.millis()).isEqualTo(-1);
    heard(100, 1_000_000);
    lag.reached(40);
    assertThat(lag.millis()).isEqualTo(-1);
    lag.reached(100);
    assertThat(lag.millis()).isZero();
  }

  @Test
  void isTheSourcesTimeSinceWhatTheDisksHave() {
    heard(100, 1_000_000);
    lag.reached(100);
    heard(200, 1_004_000);
    heard(300, 1_009_000);
    assertThat(lag.millis()).isEqualTo(9_000);
    lag.reached(250);
    assertThat(lag.millis()).isEqualTo(5_000);
    lag.reached(300);
    assertThat(lag.millis()).isZero();
  }

  @Test
  void aSourceWhoseClockWasSetBackIsNoLag() {
    heard(100, 5_000_000);
    lag.reached(100);
    heard(200, 1_000_000);
    assertThat(lag.millis()).isZero();
    lag.reached(200);
    heard(300, 1_002_000);
    assertThat(lag.millis()).isEqualTo(2_000);
  }

  @Test
  void manySamplesAreThinnedOut() {
    for (int second = 1; second <= 5_000; second++) {
      heard(second * 10L, 1_000_000 + second * 1_000L);
      if (second == 1) {
        lag.reached(10);
      }
    }
    assertThat(lag.millis()).isEqualTo(4_999_000);
    lag.reached(25_000);
    assertThat(lag.millis()).isBetween(2_500_000L, 2_600_000L);
  }
}
