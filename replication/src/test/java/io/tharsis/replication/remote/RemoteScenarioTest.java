package io.tharsis.replication.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every portal serves every LUN: whatever happens, blocks are linearizable over all paths. */
class RemoteScenarioTest {

  static LongStream seeds() {
    String[] range = System.getProperty("tharsis.seeds", "1-20").split("-", -1);
    return LongStream.rangeClosed(Long.parseLong(range[0]), Long.parseLong(range[1]));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyBlockIsOneRegister(long seed) {
    new RemoteScenario(seed, RemotePlanting.NONE).run(RemoteScenario.ACTIONS);
  }

  @Test
  void theSameSeedDoesTheSame() {
    assertThat(hash(5)).isEqualTo(hash(5));
  }

  private static long hash(long seed) {
    RemoteScenario scenario = new RemoteScenario(seed, RemotePlanting.NONE);
    scenario.run(RemoteScenario.ACTIONS);
    return scenario.eventHash();
  }
}
