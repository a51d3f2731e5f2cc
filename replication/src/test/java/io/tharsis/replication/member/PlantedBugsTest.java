package io.tharsis.replication.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A simulator that finds none of these would find nothing. */
class PlantedBugsTest {

  /**
   * A bug.
   *
   * @param from where the search begins: rare ones are looked for where they are known to show
   */
  private record Planted(String name, Planting bug, int from, int withinSeeds) {
    Planted(String name, Planting bug, int withinSeeds) {
      this(name, bug, 1, withinSeeds);
    }
  }

  @TestFactory
  Stream<DynamicTest> eachIsFound() {
    return Stream.of(
            new Planted("ships beyond durable", PlantedBugs.shipsBeyondDurable(), 20),
            new Planted("acknowledges early", PlantedBugs.acknowledgesBeforeDurable(), 20),
            new Planted("copies wrongly", PlantedBugs.copiesWrongly(), 20),
            new Planted("loses chunks", PlantedBugs.losesChunks(), 40),
            new Planted("forgets the silent", PlantedBugs.forgetsTheSilent(), 40),
            new Planted("ignores the hold", PlantedBugs.ignoresTheHold(), 40),
            new Planted("stamp not kept", PlantedBugs.stampNotKept(), 40, 42),
            new Planted("counts from the beginning", PlantedBugs.countsFromTheBeginning(), 40),
            new Planted("touches the disk", PlantedBugs.touchesTheDisk(), 40),
            new Planted("answers early", PromiseBugs.answersEarly(), 20),
            new Planted("counts the inconsistent", PromiseBugs.countsTheInconsistent(), 20))
        .map(planted -> DynamicTest.dynamicTest(planted.name(), () -> find(planted)));
  }

  private static void find(Planted planted) {
    int end = planted.from() + planted.withinSeeds();
    int seed = planted.from();
    while (seed < end && !isFound(seed, planted.bug())) {
      seed++;
    }
    assertThat(seed).as("the seed that finds it").isLessThan(end);
    System.out.println(planted.name() + ": found by seed " + seed);
  }

  private static boolean isFound(long seed, Planting bug) {
    try {
      new SimReplicas(seed, bug).run(ReplicaScenarioTest.ACTIONS);
      return false;
    } catch (AssertionError failure) {
      return isOracle(failure);
    }
  }

  /** A crash of the test itself is no finding. */
  private static boolean isOracle(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SimReplicas.Violation) {
        System.out.println(cause.getMessage());
        return true;
      }
    }
    throw new AssertionError("not found by an oracle", failure);
  }
}
