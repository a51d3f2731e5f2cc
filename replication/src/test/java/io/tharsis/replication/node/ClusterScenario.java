package io.tharsis.replication.node;

import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.sim.SimRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;

/**
 * Some whole nodes, some resources, an initiator for each, an operator who gives verbs, and
 * everything that can happen to them. In the end all is mended, and all copies must become equal.
 */
final class ClusterScenario {

  private static final Duration LOOK = Duration.ofMillis(250);
  private static final int PATIENCE = 600;

  /** How likely it is, at each event of a stage, that its node crashes. */
  private static final double STAGE_CRASHES = 0.001;

  private static final int MOST_STAGE_CRASHES = 8;

  private final ScenarioWorld world;
  private final SimRandom random;
  private final ScenarioBranches branches;
  private final ScenarioOracles oracles;
  private final ScenarioOperator operator;
  private final ScenarioTrouble trouble;
  private final ScenarioCopies copies;
  private final ScenarioRoles roles;
  private final List<ScenarioWriter> writers = new ArrayList<>();
  private boolean ending;
  private int stageCrashes;

  ClusterScenario(long seed, NodePlanting planting) {
    world = new ScenarioWorld(seed, planting);
    random = world.random;
    int count = world.few(2, 5);
    long[] spaces = {
      TestLog.LIMITS.maxLogBytes(), TestLog.LIMITS.maxLogBytes(), 128L << 20, 192L << 20
    };
    for (int i = 0; i < count; i++) {
      String name = String.valueOf((char) ('a' + i));
      world.add(
          new SimClusterNode.Who(name, name),
          limits(spaces[random.below(spaces.length)]),
          i == 0 ? List.of() : List.of("a"));
    }
    branches = new ScenarioBranches(world);
    oracles = new ScenarioOracles(world, branches);
    operator = new ScenarioOperator(world);
    trouble = new ScenarioTrouble(world, writers);
    copies = new ScenarioCopies(world, trouble, operator, branches);
    roles = new ScenarioRoles(world, operator, trouble);
  }

  private static LogLimits limits(long maxLogBytes) {
    LogLimits least = TestLog.LIMITS;
    return new LogLimits(
        least.logfileBytes(),
        least.workingSet(),
        maxLogBytes,
        least.batchBytes(),
        least.backlogBytes(),
        least.applyWindowBytes(),
        least.overlayMemoryBytes(),
        least.applyDelay(),
        least.flushDelay(),
        least.flushBytes(),
        least.summaryBytes());
  }

  ScenarioWorld.Counts counts() {
    return world.counts;
  }

  SortedMap<String, Integer> cells() {
    return roles.cells();
  }

  long steps() {
    return world.simulation.steps();
  }

  long eventHash() {
    return world.simulation.eventHash();
  }

  /** Random trouble, then healing; all replicas must end equal to their primaries. */
  void run(int actions) {
    begin();
    for (int i = 0; i < actions; i++) {
      act();
      runFor(trouble.lasting());
      runFor(Duration.ofMillis(random.between(1, random.chance(0.2) ? 12_000 : 500)));
      oracles.look();
      inspect();
    }
    ending = true;
    copies.end();
    new ScenarioEnd(world, this, oracles, operator, branches).run(trouble, writers);
  }

  private void begin() {
    world.nodes.forEach(trouble::boot);
    until("the nodes meet", () -> world.nodes.stream().allMatch(this::knowsAll));
    for (String resource : world.resources) {
      writers.add(new ScenarioWriter(world, operator, resource));
      SimClusterNode home = world.anyNode();
      var made = operator.give(home, SimClusterCommands.create(resource), Duration.ofSeconds(30));
      until("a resource is made", made::isDone);
      until(
          "all hear of a resource", () -> world.nodes.stream().allMatch(it -> knows(it, resource)));
      for (SimClusterNode node : world.nodes) {
        if (node != home && random.chance(0.8)) {
          operator.give(node, SimClusterCommands.join(resource), Duration.ofSeconds(30));
        }
      }
    }
    runFor(Duration.ofSeconds(random.below(6)));
  }

  private static boolean knows(SimClusterNode node, String resource) {
    return !node.node().orElseThrow().directory().view().resourcesNamed(resource).isEmpty();
  }

  private boolean knowsAll(SimClusterNode node) {
    return node.node()
        .filter(it -> it.directory().view().nodes().size() == world.nodes.size())
        .isPresent();
  }

  private void act() {
    int what = random.below(24);
    if (what < 8) {
      operator.act();
    } else if (what < 14) {
      trouble.act();
    } else if (what < 17) {
      copies.act();
    } else if (what >= 18) {
      move();
    }
  }

  private void move() {
    if (world.forcing && random.chance(0.25)) {
      String resource = world.anyResource();
      trouble.lose(resource);
      runFor(Duration.ofMillis(random.between(500, 45_000)));
      operator.force(resource);
    } else {
      operator.move();
    }
  }

  /** Looks closely at one replica, be it in the middle of something. */
  private void inspect() {
    List<ScenarioOracles.Seen> all = oracles.replicas();
    if (!all.isEmpty() && random.chance(0.5)) {
      oracles.inspect(all.get(random.below(all.size())), random.chance(0.5));
    }
  }

  /** Lets time pass; after every event the cheap oracles look. */
  void runFor(Duration time) {
    long end = world.simulation.nowNanos() + time.toNanos();
    world.simulation.schedule(time, "now", () -> {});
    while (world.simulation.nowNanos() < end) {
      world.simulation.runSteps(1);
      world.nodes.forEach(world.planting::meddle);
      oracles.glance();
      roles.glance(oracles.replicas());
      operator.glance();
      disturbStages();
      if (!ending) {
        roles.disturb(oracles.replicas());
        writers.forEach(ScenarioWriter::nudge);
      }
    }
  }

  private void disturbStages() {
    for (SimClusterNode node : oracles.staging()) {
      if (!ending && stageCrashes < MOST_STAGE_CRASHES && random.chance(STAGE_CRASHES)) {
        stageCrashes++;
        trouble.crash(node);
        trouble.boot(node);
      }
    }
  }

  /** Lets time pass until something has come about. */
  void until(String what, BooleanSupplier condition) {
    for (int i = 0; i < PATIENCE; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      runFor(LOOK);
    }
    throw new Violation("it does not come about that " + what);
  }
}
