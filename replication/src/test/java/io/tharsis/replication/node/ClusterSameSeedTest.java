package io.tharsis.replication.node;

import io.tharsis.logfiles.scenario.FreshJvm;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A seed means the same cluster in every JVM; else a replay would show something else. */
class ClusterSameSeedTest {

  private static final int SEEDS = 1;

  @Test
  void theSameSeedsGiveTheSameEventsInTwoJvms() throws IOException, InterruptedException {
    FreshJvm.printsTheSameTwice(Hashes.class, SEEDS);
  }

  /** Prints the event hashes of some seeds. */
  static final class Hashes {

    private static final long FIRST = 11;

    private Hashes() {}

    /** {@code arguments} say how many. */
    public static void main(String[] arguments) {
      int seeds = Integer.parseInt(arguments[0]);
      for (long seed = FIRST; seed < FIRST + seeds; seed++) {
        ClusterScenario scenario = new ClusterScenario(seed, NodePlanting.NONE);
        scenario.run(ClusterScenarioTest.ACTIONS);
        System.out.printf("%d %d %016x%n", seed, scenario.steps(), scenario.eventHash());
      }
    }
  }
}
