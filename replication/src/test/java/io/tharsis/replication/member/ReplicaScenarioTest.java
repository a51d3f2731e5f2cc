package io.tharsis.replication.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replicas in the simulator: whatever happens, what is called consistent is one moment. */
class ReplicaScenarioTest {

  static LongStream seeds() {
    String[] range = System.getProperty("tharsis.seeds", "1-40").split("-", -1);
    return LongStream.rangeClosed(Long.parseLong(range[0]), Long.parseLong(range[1]));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void replicasBecomeEqual(long seed) {
    new SimReplicas(seed, 1 + (int) (seed % 3)).run(30);
  }

  @Test
  void inspectionsHappen() {
    int inspections = 0;
    for (long seed = 1; seed <= 5; seed++) {
      SimReplicas replicas = new SimReplicas(seed, 2);
      replicas.run(30);
      inspections += replicas.inspections();
    }
    assertThat(inspections).isPositive();
  }
}
