package io.tharsis.replication.node;

import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.replication.simnet.SimNet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** What everything in a scenario shares. */
final class ScenarioWorld {

  static final List<String> RESOURCES = List.of("web", "db", "mail");

  final Simulation simulation;
  final SimNet net;
  final SimRandom random;
  final NodePlanting planting;
  final List<SimClusterNode> nodes = new ArrayList<>();
  final List<String> resources;

  /** Every resource that ever served, by its id. */
  final Map<UUID, Life> lives = new TreeMap<>();

  /** Resources whose end was ordered; it may not have come about. */
  final Set<UUID> deleting = new TreeSet<>();

  /** Resources that are said to be deleted. */
  final Set<UUID> deleted = new TreeSet<>();

  /** Where there was a replica that has left, and none was to be since. */
  final Set<String> left = new TreeSet<>();

  /** Names of nodes that are primary of something, or were, or may be. */
  final Set<String> homes = new TreeSet<>();

  /** Names of nodes whose hosts fail in part now. */
  final Set<String> troubled = new TreeSet<>();

  final Excuses excuses = new Excuses();
  final Counts counts = new Counts();
  private long lastStamp;

  /** What a run has really done, so that a test can tell that it was not in vain. */
  static final class Counts {
    int inspections;
    int consistent;
    int sacrifices;
    int gone;
    int stages;
    int staged;
    int verbsDone;
    int verbsRefused;
    int verbsLate;
    int crashes;
    int restarts;
    int restored;
    int rolledBack;
    int unnoticed;
    int cloned;
    int remedies;
    long writes;

    @Override
    public String toString() {
      return ("%d inspections (%d consistent), %d sacrifices, %d times gone, %d stages (%d inspected), %d verbs done, %d"
              + " refused, %d late, %d crashes, %d primaries opened, %d restored, %d rolled back (%d more unnoticed), %d cloned, %d remedies,"
              + " %d writes")
          .formatted(
              inspections,
              consistent,
              sacrifices,
              gone,
              stages,
              staged,
              verbsDone,
              verbsRefused,
              verbsLate,
              crashes,
              restarts,
              restored,
              rolledBack,
              unnoticed,
              cloned,
              remedies,
              writes);
    }
  }

  /** A resource from its making to its end. */
  static final class Life {
    final SimClusterNode home;
    final ScenarioLedger ledger;
    final Set<UUID> epochs = new TreeSet<>();
    long durableLsn;

    Life(SimClusterNode home, ScenarioLedger ledger) {
      this.home = home;
      this.ledger = ledger;
    }
  }

  ScenarioWorld(long seed, NodePlanting planting) {
    simulation = new Simulation(seed);
    random = simulation.random("scenario");
    net = new SimNet(simulation);
    this.planting = planting;
    resources = RESOURCES.subList(0, few(1, RESOURCES.size()));
  }

  /** A number in {@code [least, most]}; small ones are more likely, and take less time. */
  int few(int least, int most) {
    int number = least;
    while (number < most && random.chance(0.4)) {
      number++;
    }
    return number;
  }

  SimClusterNode add(SimClusterNode.Who who, LogLimits limits, List<String> seeds) {
    SimClusterNode node = new SimClusterNode(simulation, net, who, limits, seeds, planting);
    nodes.add(node);
    return node;
  }

  long nextStamp() {
    return ++lastStamp;
  }

  SimClusterNode anyNode() {
    return nodes.get(random.below(nodes.size()));
  }

  String anyResource() {
    return resources.get(random.below(resources.size()));
  }

  SimClusterNode named(String name) {
    return nodes.stream().filter(node -> node.name().equals(name)).findFirst().orElseThrow();
  }

  Optional<Life> life(Deed deed) {
    return Optional.ofNullable(lives.get(deed.resource()));
  }

  static void violatedIf(Optional<String> objection) {
    objection.ifPresent(words -> {
      throw new Violation(words);
    });
  }
}
