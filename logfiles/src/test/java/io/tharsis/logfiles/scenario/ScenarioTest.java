package io.tharsis.logfiles.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Some hundred seeds; others with {@code -Dtharsis.seeds=FROM-TO}. A seed that fails says how it is
 * run again.
 */
class ScenarioTest {

  private static final String GATE = "1-300";

  @Test
  void seeds() {
    String range = System.getProperty("tharsis.seeds", GATE);
    int dash = range.indexOf('-');
    long from = Long.parseLong(range.substring(0, dash));
    long to = Long.parseLong(range.substring(dash + 1));
    Map<Scenario.Outcome, Long> outcomes = new EnumMap<>(Scenario.Outcome.class);
    for (long seed = from; seed <= to; seed++) {
      outcomes.merge(run(seed).outcome(), 1L, Long::sum);
    }
    if (to - from > 50) {
      assertThat(outcomes.getOrDefault(Scenario.Outcome.CONVERGED, 0L))
          .as("most resources live on: %s", outcomes)
          .isGreaterThan((to - from) * 3 / 4);
    }
  }

  private static Scenario.Result run(long seed) {
    try {
      return Scenario.run(seed);
    } catch (AssertionError failure) {
      throw new AssertionError(failure.getMessage() + "\nreplay: " + Replay.command(seed), failure);
    }
  }
}
