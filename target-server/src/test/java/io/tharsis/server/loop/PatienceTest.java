package io.tharsis.server.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When a loop without work looks again, and when it sleeps. */
class PatienceTest {

  private static final long LONGEST = 50;

  private final Patience patience = new Patience(LONGEST);
  private long now = 1000;

  /** One wait of this length; whether it began with a look. */
  private boolean waitFor(long nanos) {
    boolean looks = patience.looksAgain(now);
    now += nanos;
    patience.ended(now);
    return looks;
  }

  private void waits(int times, long nanos) {
    for (int i = 0; i < times; i++) {
      waitFor(nanos);
    }
  }

  @Test
  void sleepsAtOnceUntilEventsHaveComeCloseForAWhile() {
    waits(Patience.CONVINCED - 1, LONGEST - 1);
    assertThat(waitFor(LONGEST - 1)).isFalse();
    assertThat(waitFor(LONGEST - 1)).isTrue();
  }

  @Test
  void sleepsAtOnceAgainWhenEventsHaveBecomeRare() {
    waits(Patience.CONVINCED, 1);
    waits(Patience.CONVINCED - 1, LONGEST);
    assertThat(waitFor(LONGEST)).isTrue();
    assertThat(waitFor(LONGEST)).isFalse();
  }

  @Test
  void oneLongWaitAmongShortOnesChangesNothing() {
    waits(Patience.CONVINCED, 1);
    for (int i = 0; i < 10 * Patience.CONVINCED; i++) {
      assertThat(waitFor(LONGEST)).isTrue();
      assertThat(waitFor(1)).isTrue();
    }
  }

  @Test
  void looksNoLongerThanItMay() {
    waits(Patience.CONVINCED, 1);
    assertThat(patience.looksAgain(now)).isTrue();
    assertThat(patience.looksAgain(now + LONGEST - 1)).isTrue();
    assertThat(patience.looksAgain(now + LONGEST)).isFalse();
  }

  @Test
  void workThatNeededNoWaitIsNoWait() {
    waits(Patience.CONVINCED, 1);
    assertThat(patience.looksAgain(now)).isTrue();
    patience.busy();
    assertThat(patience.looksAgain(now + 10 * LONGEST)).isTrue();
  }
}
