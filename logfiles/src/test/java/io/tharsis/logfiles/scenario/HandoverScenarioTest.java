package io.tharsis.logfiles.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Seeds of three members; others with {@code -Dtharsis.seeds=FROM-TO}. */
class HandoverScenarioTest {

  private static final String GATE = "1-60";

  @Test
  void seeds() {
    String range = System.getProperty("tharsis.seeds", GATE);
    int dash = range.indexOf('-');
    long from = Long.parseLong(range.substring(0, dash));
    long to = Long.parseLong(range.substring(dash + 1));
    int handovers = 0;
    for (long seed = from; seed <= to; seed++) {
      HandoverScenario scenario = new HandoverScenario(seed);
      scenario.run();
      handovers += scenario.handovers();
    }
    assertThat(handovers).as("roles handed over").isGreaterThan((int) (to - from) / 2);
  }

  @Test
  void theSameSeedIsTheSameRun() {
    assertThat(new HandoverScenario(3).run()).isEqualTo(new HandoverScenario(3).run());
  }
}
