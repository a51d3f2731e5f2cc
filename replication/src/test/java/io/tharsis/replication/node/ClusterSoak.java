package io.tharsis.replication.node;

import java.time.Duration;

/**
 * Runs one seed after the other and says how each ended.
 *
 * <pre>ClusterSoak FIRST LAST [FIRST LAST]…</pre>
 */
public final class ClusterSoak {

  private ClusterSoak() {}

  /** See the class. */
  public static void main(String[] arguments) {
    int failed = 0;
    for (int range = 0; range < arguments.length; range += 2) {
      long last = Long.parseLong(arguments[range + 1]);
      for (long seed = Long.parseLong(arguments[range]); seed <= last; seed++) {
        failed += run(seed) ? 0 : 1;
      }
    }
    System.out.println(failed + " failed");
    System.exit(failed == 0 ? 0 : 1);
  }

  private static boolean run(long seed) {
    ClusterScenario scenario = new ClusterScenario(seed, NodePlanting.NONE);
    long begun = System.nanoTime();
    try {
      scenario.run(ClusterScenarioTest.ACTIONS);
      System.out.printf(
          "%d ok after %d events, %d ms: %s; crashes amid: %s%n",
          seed,
          scenario.steps(),
          Duration.ofNanos(System.nanoTime() - begun).toMillis(),
          scenario.counts(),
          scenario.cells());
      return true;
    } catch (AssertionError failure) {
      System.out.printf(
          "%d fails after %d events: %s%n%s%n", seed, scenario.steps(), failure, scenario.counts());
      failure.printStackTrace(System.out);
      return false;
    }
  }
}
