package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole clusters in the simulator: whatever happens, no copy lies, and in the end all are equal.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterScenarioTest {

  /** So many that each cell is met several times; the soak runs thousands. */
  private static final String USUAL = "11-50";

  private static final int LEAST_HANDOVERS = 20;
  private static final int LEAST_FORCED = 5;

  /** What the deeds of the old and the new primary say when one of both crashes, and which. */
  private static final List<String> CELLS =
      Stream.of("PRIMARY/SECONDARY", "GRANTED/SECONDARY", "GRANTED/PRIMARY", "SECONDARY/PRIMARY")
          .flatMap(cell -> Stream.of(cell + " old", cell + " new"))
          .toList();

  private final SortedMap<String, Integer> visited = new TreeMap<>();
  private int handovers;
  private int forced;

  /** What a crash of both sides at once is called. */
  private static final String BOTH = " both";

  static final int ACTIONS = 25;

  static LongStream seeds() {
    String[] range = System.getProperty("tharsis.seeds", USUAL).split("-", -1);
    return LongStream.rangeClosed(Long.parseLong(range[0]), Long.parseLong(range[1]));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void allBecomeEqual(long seed) {
    ClusterScenario scenario = new ClusterScenario(seed, NodePlanting.NONE);
    scenario.run(ACTIONS);
    handovers += scenario.counts().handovers;
    forced += scenario.counts().forced;
    scenario
        .cells()
        .forEach((cell, times) -> {
          for (String who : cell.endsWith(BOTH) ? List.of(" old", " new") : List.of("")) {
            visited.merge(cell.replace(BOTH, "") + who, times, Integer::sum);
          }
        });
  }

  /** Else nothing would be known of them. */
  @AfterAll
  void allCellsOfAHandoverWereVisited() {
    if (System.getProperty("tharsis.seeds", USUAL).equals(USUAL)) {
      System.out.printf("%d handovers, %d forced, crashes amid: %s%n", handovers, forced, visited);
      assertThat(handovers).as("handovers").isGreaterThan(LEAST_HANDOVERS);
      assertThat(forced).as("promotions by force").isGreaterThan(LEAST_FORCED);
      assertThat(visited)
          .as("crashes while a role moved")
          .containsKeys(CELLS.toArray(String[]::new));
    }
  }
}
