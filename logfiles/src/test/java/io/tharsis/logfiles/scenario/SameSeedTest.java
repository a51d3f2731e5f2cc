package io.tharsis.logfiles.scenario;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A seed means the same run in every JVM; else a replay would show something else. */
class SameSeedTest {

  private static final int SEEDS = 12;

  @Test
  void theSameSeedsGiveTheSameEventsInTwoJvms() throws IOException, InterruptedException {
    FreshJvm.printsTheSameTwice(Hashes.class, SEEDS);
  }

  /** Prints the event hashes of the first seeds. */
  static final class Hashes {

    private Hashes() {}

    /** {@code arguments} say how many. */
    public static void main(String[] arguments) {
      int seeds = Integer.parseInt(arguments[0]);
      for (long seed = 1; seed <= seeds; seed++) {
        Scenario.Result result = Scenario.run(seed);
        System.out.printf("%d %d %016x%n", seed, result.events(), result.eventHash());
      }
    }
  }
}
