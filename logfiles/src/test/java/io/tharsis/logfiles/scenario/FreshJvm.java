package io.tharsis.logfiles.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Runs a program of the test classes in a JVM of its own. */
public final class FreshJvm {

  private FreshJvm() {}

  /** The program prints one line for each of so many seeds, all different, and again the same. */
  public static void printsTheSameTwice(Class<?> program, int seeds)
      throws IOException, InterruptedException {
    String first = run(program, seeds);
    assertThat(first.lines()).hasSize(seeds);
    assertThat(first.lines().distinct()).hasSize(seeds);
    assertThat(run(program, seeds)).isEqualTo(first);
  }

  private static String run(Class<?> program, int seeds) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            program.getName(),
            Integer.toString(seeds));
    Process jvm =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(jvm.waitFor()).isZero();
    return output;
  }
}
