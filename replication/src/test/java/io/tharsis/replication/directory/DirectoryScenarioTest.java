package io.tharsis.replication.directory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * A hundred seeds; others with {@code -Dtharsis.seeds=FROM-TO}. A seed that fails says how it is
 * run again.
 */
class DirectoryScenarioTest {

  private static final String GATE = "1-100";

  @Test
  void seeds() {
    String range = System.getProperty("tharsis.seeds", GATE);
    int dash = range.indexOf('-');
    long from = Long.parseLong(range.substring(0, dash));
    long to = Long.parseLong(range.substring(dash + 1));
    long crashes = 0;
    long deleted = 0;
    for (long seed = from; seed <= to; seed++) {
      DirectoryScenario.Result result = run(seed);
      crashes += result.crashes();
      deleted += result.deleted();
    }
    if (to - from > 50) {
      assertThat(crashes).isGreaterThan(to - from);
      assertThat(deleted).isGreaterThan((to - from) / 2);
    }
  }

  @Test
  void theSameSeedGivesTheSameEvents() {
    assertThat(DirectoryScenario.run(42)).isEqualTo(DirectoryScenario.run(42));
    assertThat(DirectoryScenario.run(42).eventHash())
        .isNotEqualTo(DirectoryScenario.run(43).eventHash());
  }

  private static DirectoryScenario.Result run(long seed) {
    try {
      return DirectoryScenario.run(seed);
    } catch (AssertionError failure) {
      throw new AssertionError(
          failure.getMessage()
              + "\nreplay: ./mvnw -pl replication test -Dtest=DirectoryScenarioTest#seeds"
              + " -Dtharsis.seeds=%d-%d".formatted(seed, seed),
          failure);
    }
  }
}
