package io.tharsis.replication.simnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Links over a network where everything goes wrong; {@code -Dtharsis.seeds=FROM-TO} runs others.
 */
class LinkStormTest {

  private static final String SEEDS = System.getProperty("tharsis.seeds", "1-20");

  @Test
  void seeds() throws IOException {
    String[] range = SEEDS.split("-", 2);
    for (long seed = Long.parseLong(range[0]); seed <= Long.parseLong(range[1]); seed++) {
      LinkStorm.run(seed);
    }
  }

  @Test
  void theSameSeedIsTheSameRunAndAnotherIsNot() throws IOException {
    TreeSet<Long> hashes = new TreeSet<>();
    for (long seed = 1; seed <= 5; seed++) {
      long hash = LinkStorm.run(seed);
      assertThat(LinkStorm.run(seed)).isEqualTo(hash);
      hashes.add(hash);
    }
    assertThat(hashes).hasSize(5);
  }

  @Test
  void theSameSeedIsTheSameRunInAnotherJvm() throws IOException, InterruptedException {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LinkStorm.class.getName(),
                "4711")
            .redirectErrorStream(true)
            .start();
    String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(java.waitFor()).as(output).isZero();
    assertThat(output.strip()).isEqualTo(Long.toHexString(LinkStorm.run(4711)));
  }
}
