package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.seam.Invariant;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A simulator that finds none of these would find nothing. */
class NodePlantedBugsTest {

  private static final int WITHIN_SEEDS = 30;

  /**
   * A bug.
   *
   * @param from where the search begins: each is looked for where it is known to show soon
   */
  private record Planted(String name, Supplier<NodePlanting> bug, int from) {}

  private static Stream<Planted> all() {
    return Stream.of(
        new Planted("log not durable", NodePlantedBugs::logNotDurable, 11),
        new Planted("forgets the joiner", NodePlantedBugs::forgetsTheJoiner, 14),
        new Planted("counts the dismissed", NodePlantedBugs::countsTheDismissed, 41),
        new Planted("consistent too early", NodePlantedBugs::consistentTooEarly, 17),
        new Planted("hides the sacrifice", NodePlantedBugs::hidesTheSacrifice, 31),
        new Planted("deeds not durable", NodePlantedBugs::deedsNotDurable, 12),
        new Planted("removes the open log", NodePlantedBugs::removesTheOpenLog, 31),
        new Planted("grant not durable", RolePlantedBugs::grantNotDurable, 39),
        new Planted("acceptance not durable", RolePlantedBugs::acceptanceNotDurable, 117),
        new Planted("serves although granted", RolePlantedBugs::servesAlthoughGranted, 22),
        new Planted("freezes nothing", RolePlantedBugs::freezesNothing, 22),
        new Planted("thaws while unsure", RolePlantedBugs::thawsWhileUnsure, 27));
  }

  /** What a planted bug comes with, and is none itself, is not what is found. */
  @Test
  void grantsThatAreNotSureAreNoBug() {
    new ClusterScenario(11, RolePlantedBugs.unsureGrants()).run(ClusterScenarioTest.ACTIONS);
  }

  @TestFactory
  Stream<DynamicTest> eachIsFound() {
    return all().map(planted -> DynamicTest.dynamicTest(planted.name(), () -> find(planted)));
  }

  private static void find(Planted planted) {
    int seed = planted.from();
    int end = seed + WITHIN_SEEDS;
    while (seed < end && !isFound(seed, planted.bug().get())) {
      seed++;
    }
    assertThat(seed).as("the seed that finds it").isLessThan(end);
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
