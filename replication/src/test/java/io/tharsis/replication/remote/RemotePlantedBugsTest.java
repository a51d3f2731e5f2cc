package io.tharsis.replication.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A scenario that finds none of these would find nothing. */
class RemotePlantedBugsTest {

  /** A bug, and where it is known to show. */
  private record Planted(String name, RemotePlanting bug, int from, int withinSeeds) {}

  @TestFactory
  Stream<DynamicTest> eachIsFound() {
    return Stream.of(
            new Planted("no age check", RemotePlantedBugs.noAgeCheck(), 51, 20),
            new Planted("no memory", RemotePlantedBugs.noMemory(), 1, 40),
            new Planted(
                "sends again after another epoch",
                RemotePlantedBugs.sendsAgainAfterAnotherEpoch(),
                1,
                40),
            new Planted("cancel not waited for", RemotePlantedBugs.cancelIsNotWaitedFor(), 1, 40))
        .map(planted -> DynamicTest.dynamicTest(planted.name(), () -> find(planted)));
  }

  private static void find(Planted planted) {
    int end = planted.from() + planted.withinSeeds();
    int seed = planted.from();
    while (seed < end && !isFound(seed, planted.bug())) {
      seed++;
    }
    assertThat(seed).as("the seed that finds it").isLessThan(end);
    System.out.println(planted.name() + ": found by seed " + seed);
  }

  private static boolean isFound(long seed, RemotePlanting bug) {
    try {
      new RemoteScenario(seed, bug).run(RemoteScenario.ACTIONS);
      return false;
    } catch (AssertionError failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof RemoteViolation) {
          System.out.println(cause.getMessage());
          return true;
        }
      }
      throw new AssertionError("not found by an oracle", failure);
    }
  }
}
