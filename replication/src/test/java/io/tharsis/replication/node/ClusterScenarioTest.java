package io.tharsis.replication.node;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole clusters in the simulator: whatever happens, no copy lies, and in the end all are equal.
 */
class ClusterScenarioTest {

  static final int ACTIONS = 25;

  static LongStream seeds() {
    String[] range = System.getProperty("tharsis.seeds", "1-150").split("-", -1);
    return LongStream.rangeClosed(Long.parseLong(range[0]), Long.parseLong(range[1]));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void allBecomeEqual(long seed) {
    new ClusterScenario(seed, NodePlanting.NONE).run(ACTIONS);
  }
}
