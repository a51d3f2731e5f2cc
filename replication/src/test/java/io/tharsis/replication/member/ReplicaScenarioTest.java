package io.tharsis.replication.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replicas in the simulator: whatever happens, what is called consistent is one moment. */
class ReplicaScenarioTest {

  static final int ACTIONS = 40;

  static LongStream seeds() {
    String[] range = System.getProperty("tharsis.seeds", "2-9").split("-", -1);
    return LongStream.rangeClosed(Long.parseLong(range[0]), Long.parseLong(range[1]));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void replicasBecomeEqual(long seed) {
    new SimReplicas(seed, Planting.NONE).run(ACTIONS);
  }

  @Test
  void theSameSeedDoesTheSame() {
    for (long seed : new long[] {3, 8}) {
      assertThat(hash(seed)).isEqualTo(hash(seed));
    }
  }

  /** Gone and back again, with disks that are equal: digests travel, data does not. */
  @Test
  void equalDisksAreNotCopied() {
    for (long seed = 1; seed <= 3; seed++) {
      assertThat(new SimReplicas(seed, Planting.NONE).rejoinWithoutNeed()).isZero();
    }
  }

  private static long hash(long seed) {
    SimReplicas replicas = new SimReplicas(seed, Planting.NONE);
    replicas.run(ACTIONS);
    return replicas.eventHash();
  }
}
