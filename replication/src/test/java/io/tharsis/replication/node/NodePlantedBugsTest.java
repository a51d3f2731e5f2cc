package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Invariant;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A simulator that finds none of these would find nothing. */
class NodePlantedBugsTest {

  private record Planted(String name, Supplier<NodePlanting> bug, int withinSeeds) {}

  private static Stream<Planted> all() {
    return Stream.of(
        new Planted("log not durable", NodePlantedBugs::logNotDurable, 20),
        new Planted("forgets the joiner", NodePlantedBugs::forgetsTheJoiner, 60),
        new Planted("counts the dismissed", NodePlantedBugs::countsTheDismissed, 20),
        new Planted("consistent too early", NodePlantedBugs::consistentTooEarly, 20),
        new Planted("hides the sacrifice", NodePlantedBugs::hidesTheSacrifice, 60),
        new Planted("deeds not durable", NodePlantedBugs::deedsNotDurable, 20),
        new Planted("removes the open log", NodePlantedBugs::removesTheOpenLog, 20));
  }

  @TestFactory
  Stream<DynamicTest> eachIsFound() {
    return all().map(planted -> DynamicTest.dynamicTest(planted.name(), () -> find(planted)));
  }

  private static void find(Planted planted) {
    int seed = 1;
    while (seed <= planted.withinSeeds() && !isFound(seed, planted.bug().get())) {
      seed++;
    }
    assertThat(seed).as("seeds until it was found").isLessThanOrEqualTo(planted.withinSeeds());
    System.out.println(planted.name() + ": found by seed " + seed);
  }

  private static boolean isFound(long seed, NodePlanting bug) {
    try {
      new ClusterScenario(seed, bug).run(ClusterScenarioTest.ACTIONS);
      return false;
    } catch (AssertionError failure) {
      return isOracle(failure);
    }
  }

  /** An oracle of the scenario, or an invariant of the program; a crash of the test is neither. */
  private static boolean isOracle(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Violation || cause instanceof Invariant.Broken) {
        System.out.println("  " + cause.toString().lines().findFirst().orElse(""));
        return true;
      }
    }
    throw new AssertionError("not found by an oracle", failure);
  }
}
