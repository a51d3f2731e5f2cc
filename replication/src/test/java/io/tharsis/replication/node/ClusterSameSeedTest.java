package io.tharsis.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A seed means the same cluster in every JVM; else a replay would show something else. */
class ClusterSameSeedTest {

  private static final int SEEDS = 6;

  @Test
  void theSameSeedsGiveTheSameEventsInTwoJvms() throws IOException, InterruptedException {
    String first = runInFreshJvm();
    assertThat(first.lines()).hasSize(SEEDS);
    assertThat(first.lines().distinct()).hasSize(SEEDS);
    assertThat(runInFreshJvm()).isEqualTo(first);
  }

  private static String runInFreshJvm() throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Hashes.class.getName(),
            Integer.toString(SEEDS));
    Process jvm =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(jvm.waitFor()).isZero();
    return output;
  }

  /** Prints the event hashes of the first seeds. */
  static final class Hashes {

    private Hashes() {}

    /** {@code arguments} say how many. */
    public static void main(String[] arguments) {
      int seeds = Integer.parseInt(arguments[0]);
      for (long seed = 1; seed <= seeds; seed++) {
        ClusterScenario scenario = new ClusterScenario(seed, NodePlanting.NONE);
        scenario.run(ClusterScenarioTest.ACTIONS);
        System.out.printf("%d %d %016x%n", seed, scenario.steps(), scenario.eventHash());
      }
    }
  }
}
