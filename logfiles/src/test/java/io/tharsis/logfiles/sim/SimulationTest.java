package io.tharsis.logfiles.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** One seed, one run. */
class SimulationTest {

  @Test
  void theSameSeedIsTheSameRunAndAnotherIsNot() {
    TreeSet<Long> hashes = new TreeSet<>();
    for (long seed = 0; seed < 50; seed++) {
      long hash = MixedWorkload.hash(seed);
      assertThat(MixedWorkload.hash(seed)).isEqualTo(hash);
      hashes.add(hash);
    }
    assertThat(hashes).hasSize(50);
  }

  @Test
  void theSameSeedIsTheSameRunInAnotherJvm() throws IOException, InterruptedException {
    String expected = Long.toHexString(MixedWorkload.hash(4711));
    assertThat(List.of(hashInAnotherJvm(4711), hashInAnotherJvm(4711))).containsOnly(expected);
  }

  private static String hashInAnotherJvm(long seed) throws IOException, InterruptedException {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                MixedWorkload.class.getName(),
                Long.toString(seed))
            .redirectErrorStream(true)
            .start();
    String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(java.waitFor()).as(output).isZero();
    return output.strip();
  }

  @Test
  void ownersInterleaveBySeedAndKeepTheirOrder() {
    TreeSet<String> orders = new TreeSet<>();
    for (long seed = 0; seed < 20; seed++) {
      Simulation simulation = new Simulation(seed);
      SimHost host = simulation.host("a");
      StringBuilder order = new StringBuilder();
      for (String number : List.of("1", "2", "3")) {
        host.owner("x").execute(() -> order.append("x").append(number));
        host.owner("y").execute(() -> order.append("y").append(number));
      }
      simulation.runUntilIdle(10);
      assertThat(order.toString().replaceAll("y.", "")).isEqualTo("x1x2x3");
      assertThat(order.toString().replaceAll("x.", "")).isEqualTo("y1y2y3");
      orders.add(order.toString());
    }
    assertThat(orders).hasSizeGreaterThan(3);
  }

  @Test
  void theWallClockJumpsAndTheMonotonicOneDoesNot() {
    Simulation simulation = new Simulation(1);
    SimHost host = simulation.host("a");
    Clock clock = host.clock();
    simulation.runFor(Duration.ofSeconds(5));
    assertThat(clock.wallMillis()).isEqualTo(SimClock.START_WALL_MILLIS + 5000);
    host.jumpWallClock(Duration.ofMinutes(-1));
    assertThat(clock.wallMillis()).isEqualTo(SimClock.START_WALL_MILLIS - 55_000);
    assertThat(clock.monotonicNanos()).isEqualTo(Duration.ofSeconds(5).toNanos());
  }

  @Test
  void timeStopsWhereItIsTold() {
    Simulation simulation = new Simulation(1);
    List<String> happened = new ArrayList<>();
    simulation.schedule(Duration.ofSeconds(1), "one", () -> happened.add("one"));
    simulation.schedule(Duration.ofSeconds(2), "two", () -> happened.add("two"));
    simulation.runFor(Duration.ofMillis(1500));
    assertThat(happened).containsExactly("one");
    assertThat(simulation.nowNanos()).isEqualTo(1_500_000_000L);
    simulation.runUntil(() -> happened.size() == 2, 1);
    assertThat(simulation.steps()).isEqualTo(2);
  }

  @Test
  void aRunThatDoesNotEndOrThrowsNamesItsSeed() {
    Simulation simulation = new Simulation(99);
    SimOwner owner = simulation.host("a").owner();
    Runnable[] again = new Runnable[1];
    again[0] = () -> owner.execute(again[0]);
    owner.execute(again[0]);
    assertThatThrownBy(() -> simulation.runUntilIdle(1000))
        .isInstanceOf(Simulation.Failure.class)
        .hasMessageContaining("seed 99");
    owner.execute(() -> {
      throw new IllegalArgumentException("planted");
    });
    assertThatThrownBy(() -> simulation.runUntilIdle(1000))
        .hasMessageContaining("seed 99")
        .hasMessageContaining("planted");
    assertThatThrownBy(() -> new Simulation(7).runUntil(() -> false, 10))
        .hasMessageContaining("seed 7");
  }

  @Test
  void entropyDiffersBetweenIncarnationsAndRepeatsWithTheSeed() {
    SimHost first = new Simulation(3).host("a");
    SimHost same = new Simulation(3).host("a");
    long number = first.entropy().nextLong();
    assertThat(same.entropy().nextLong()).isEqualTo(number);
    first.kill();
    assertThat(first.entropy().nextLong()).isNotEqualTo(number);
  }
}
