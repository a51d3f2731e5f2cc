package io.tharsis.logfiles.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Invariant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HybridClockTest {

  @Test
  void followsTheWallClock() {
    long time = HybridClock.next(1000, 0);
    assertThat(HybridClock.millis(time)).isEqualTo(1000);
    assertThat(HybridClock.counter(time)).isZero();
  }

  @Test
  void countsWhileTheWallClockStandsOrGoesBack() {
    long time = HybridClock.next(1000, 0);
    time = HybridClock.next(1000, time);
    time = HybridClock.next(10, time);
    assertThat(HybridClock.millis(time)).isEqualTo(1000);
    assertThat(HybridClock.counter(time)).isEqualTo(2);
  }

  @Test
  void aFullCounterCarries() {
    long time = HybridClock.next(5, (5L << 16) | 0xFFFF);
    assertThat(HybridClock.millis(time)).isEqualTo(6);
    assertThat(HybridClock.counter(time)).isZero();
  }

  @Test
  void neverGoesBackWhateverTheWallClockDoes() {
    Random random = new Random(7);
    long last = 0;
    for (int i = 0; i < 100_000; i++) {
      long next = HybridClock.next(random.nextLong(1L << random.nextInt(1, 49)), last);
      if (Long.compareUnsigned(last, -2) >= 0) {
        break;
      }
      assertThat(Long.compareUnsigned(next, last)).isPositive();
      last = next;
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> HybridClock.next(1L << 48, 0)).isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> HybridClock.next(-1, 0)).isInstanceOf(Invariant.Broken.class);
  }
}
