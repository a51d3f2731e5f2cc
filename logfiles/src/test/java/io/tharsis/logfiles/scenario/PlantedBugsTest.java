package io.tharsis.logfiles.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A simulator that finds none of these would find nothing. */
class PlantedBugsTest {

  private record Planted(String name, Wrapping bug, int withinSeeds) {}

  @TestFactory
  Stream<DynamicTest> eachIsFound() {
    return Stream.of(
            new Planted("no sync at all", PlantedBugs.noSyncOfTheLog(), 200),
            new Planted("horizon not written", PlantedBugs.horizonNotWritten(), 200),
            new Planted("checkpoint ahead of disk", PlantedBugs.checkpointAheadOfTheDisk(), 200),
            new Planted("durable block rewritten", PlantedBugs.durableBlockRewritten(), 200),
            new Planted("tail not rewritten", PlantedBugs.tailNotRewritten(), 1000),
            new Planted("directory not synced", PlantedBugs.directoryNotSynced(), 200),
            new Planted("merge loses its end", PlantedBugs.mergeLosesItsEnd(), 200),
            new Planted("unmaps forgotten", PlantedBugs.unmapsForgotten(), 200))
        .map(planted -> DynamicTest.dynamicTest(planted.name(), () -> find(planted)));
  }

  private static void find(Planted planted) {
    assertThat(seedsToFind(planted.bug(), planted.withinSeeds()))
        .as("seeds until it was found")
        .isLessThanOrEqualTo(planted.withinSeeds());
  }

  /** How many seeds it takes until an oracle speaks; more than {@code limit} if none does. */
  static int seedsToFind(Wrapping bug, int limit) {
    int seed = 1;
    while (seed <= limit && !isFound(seed, bug)) {
      seed++;
    }
    return seed;
  }

  private static boolean isFound(long seed, Wrapping bug) {
    try {
      new Scenario(seed, bug).runOrTell();
      return false;
    } catch (AssertionError failure) {
      return isOracle(failure);
    }
  }

  /** A crash of the test itself is no finding. */
  private static boolean isOracle(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof History.OracleViolation) {
        return true;
      }
    }
    throw new AssertionError("not found by an oracle", failure);
  }
}
