package io.tharsis.logfiles.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Seeds of a primary and a secondary; others with {@code -Dtharsis.seeds=FROM-TO}. */
class FollowingScenarioTest {

  private static final String GATE = "1-80";
  private static final int WITHIN_SEEDS = 100;

  @Test
  void seeds() {
    String range = System.getProperty("tharsis.seeds", GATE);
    int dash = range.indexOf('-');
    long to = Long.parseLong(range.substring(dash + 1));
    for (long seed = Long.parseLong(range.substring(0, dash)); seed <= to; seed++) {
      new FollowingScenario(seed, Courier.Bug.NONE).run();
    }
  }

  @Test
  void theSameSeedIsTheSameRun() {
    assertThat(new FollowingScenario(3, Courier.Bug.NONE).run())
        .isEqualTo(new FollowingScenario(3, Courier.Bug.NONE).run());
  }

  @ParameterizedTest
  @EnumSource(value = Courier.Bug.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void aPlantedBugIsFound(Courier.Bug bug) {
    long seed = 1;
    while (seed <= WITHIN_SEEDS && !isFound(seed, bug)) {
      seed++;
    }
    assertThat(seed).as("seeds until it was found").isLessThanOrEqualTo(WITHIN_SEEDS);
  }

  private static boolean isFound(long seed, Courier.Bug bug) {
    try {
      new FollowingScenario(seed, bug).run();
      return false;
    } catch (AssertionError failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof History.OracleViolation) {
          return true;
        }
      }
      throw failure;
    }
  }
}
