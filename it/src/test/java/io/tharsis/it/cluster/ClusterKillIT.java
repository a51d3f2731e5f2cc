package io.tharsis.it.cluster;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Kills nodes of a cluster at random moments under load. The properties {@code
 * tharsis.cluster-kill.rounds} and {@code tharsis.cluster-kill.seed} say how often and how.
 */
class ClusterKillIT {

  @Test
  void acknowledgedWritesSurviveAndDisksBecomeEqual() throws IOException {
    int rounds = Integer.getInteger("tharsis.cluster-kill.rounds", 3);
    long seed = Long.getLong("tharsis.cluster-kill.seed", System.nanoTime() & 0xffff_ffffL);
    System.out.println("ClusterKillIT: " + rounds + " rounds, seed " + seed);
    try (ClusterKillRounds kills = new ClusterKillRounds("cluster-kill", seed)) {
      System.out.println("ClusterKillIT: " + kills.run(rounds));
    } catch (AssertionError | IOException failure) {
      throw new AssertionError(
          """
          %s
          replay (the load is the same, the moments are as near as a clock allows):
            ./mvnw verify -pl it -am -Dit.test=ClusterKillIT -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false \
          -Dfailsafe.failIfNoSpecifiedTests=false -Dtharsis.cluster-kill.rounds=%d -Dtharsis.cluster-kill.seed=%d
          what is left of it is in it/work/cluster-kill\
          """
              .formatted(failure.getMessage(), rounds, seed),
          failure);
    }
  }
}
