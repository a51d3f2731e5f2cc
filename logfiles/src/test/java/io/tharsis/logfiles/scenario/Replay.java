package io.tharsis.logfiles.scenario;

/** Says how a failure is seen again. */
final class Replay {

  private Replay() {}

  /** The command that runs the scenario of one seed. */
  static String command(long seed) {
    return "./mvnw -pl logfiles test -Dtest=ScenarioTest#seeds -Dtharsis.seeds=%d-%d"
        .formatted(seed, seed);
  }
}
