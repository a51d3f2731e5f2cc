package io.tharsis.it.kill;

import io.tharsis.it.process.Checkout;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Kills a node at random moments under load and looks for every acknowledged write. The properties
 * {@code tharsis.kill.rounds} and {@code tharsis.kill.seed} say how often and with which load.
 */
class KillNineIT {

  @Test
  void acknowledgedWritesSurviveEveryKill() throws IOException {
    int rounds = Integer.getInteger("tharsis.kill.rounds", 10);
    long seed = Long.getLong("tharsis.kill.seed", System.nanoTime() & 0xffff_ffffL);
    System.out.println("KillNineIT: " + rounds + " kills, seed " + seed);
    Path directory = Checkout.find().workDirectory("kill-nine");
    try (KillRounds kills = new KillRounds(directory, seed)) {
      System.out.println("KillNineIT: " + kills.run(rounds));
    } catch (AssertionError | IOException failure) {
      throw new AssertionError(
          """
          %s
          replay (the load is the same, the moments are as near as a clock allows):
            ./mvnw verify -pl it -am -Dit.test=KillNineIT -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false \
          -Dfailsafe.failIfNoSpecifiedTests=false -Dtharsis.kill.rounds=%d -Dtharsis.kill.seed=%d
          what is left of it is in %s\
          """
              .formatted(failure.getMessage(), rounds, seed, directory),
          failure);
    }
    Checkout.remove(directory);
  }
}
