package io.tharsis.replication.member;

import java.time.Duration;

/**
 * Runs one seed after the other, until one fails or as many as were asked for have passed.
 *
 * <pre>ReplicaSoak FIRST LAST</pre>
 */
public final class ReplicaSoak {

  private ReplicaSoak() {}

  /** See the class. */
  public static void main(String[] arguments) {
    long last = Long.parseLong(arguments[1]);
    for (long seed = Long.parseLong(arguments[0]); seed <= last; seed++) {
      SimReplicas replicas = new SimReplicas(seed, Planting.NONE);
      long begun = System.nanoTime();
      try {
        replicas.run(ReplicaScenarioTest.ACTIONS);
        System.out.printf(
            "%d ok after %d events, %d ms: %s%n",
            seed,
            replicas.steps(),
            Duration.ofNanos(System.nanoTime() - begun).toMillis(),
            replicas.counts());
      } catch (AssertionError failure) {
        System.out.printf("%d fails: %s%n", seed, failure);
        failure.printStackTrace(System.out);
      }
    }
  }
}
