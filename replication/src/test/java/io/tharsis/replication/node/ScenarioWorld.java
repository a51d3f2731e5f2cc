package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import io.tharsis.replication.directory.EpochRef;
import io.tharsis.replication.simnet.SimNet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** What everything in a scenario shares. */
final class ScenarioWorld {

  private static final boolean TRACING = Boolean.getBoolean("tharsis.trace");

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

  /** Resources of which an operator has given up a copy that may have been the newest. */
  final Set<UUID> surrendered = new TreeSet<>();

  /** Where an operator has said that the copy is not needed, since its node was a primary. */
  final Set<String> unwanted = new TreeSet<>();

  /** Branches that an operator has told a node to delete, and where. */
  final Set<String> deletedBranches = new TreeSet<>();

  /** Who has written in an epoch. */
  final Map<UUID, String> writers = new TreeMap<>();

  /** Where a deed said that an epoch is to be begun there. */
  final Map<UUID, String> accepted = new TreeMap<>();

  /** Where a former primary knows of another one, and since when. */
  final Map<String, Long> oustedNanos = new TreeMap<>();

  /** Where an operator has said that what others have more may be lost, and when. */
  final Map<String, Long> accepting = new TreeMap<>();

  /** Whether roles are taken by force; else nobody may ever miss a write. */
  final boolean forcing;

  /** Names of nodes whose hosts fail in part now. */
  final Set<String> troubled = new TreeSet<>();

  final Excuses excuses = new Excuses();
  final Counts counts = new Counts();
  private long lastStamp;

  /** What a run has really done, so that a test can tell that it was not in vain. */
  static final class Counts {
    boolean forcing;
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
    int handovers;
    int forced;
    int lossy;
    int branches;
    int roleCrashes;
    int reads;
    int wholeReads;
    int faults;
    int givenUp;
    long writes;

    @Override
    public String toString() {
      return (forcing ? "with force, " : "all planned, ")
          + ("%d inspections (%d consistent), %d sacrifices, %d times gone, %d stages (%d inspected), %d verbs done, %d"
                  + " refused, %d late, %d crashes, %d primaries opened, %d restored, %d rolled back (%d more unnoticed), %d cloned, %d remedies,"
                  + " %d writes, %d handovers, %d forced (%d lossy), %d branches, %d crashes amid, %d reads (%d whole), %d faults (%d given up)")
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
                  writes,
                  handovers,
                  forced,
                  lossy,
                  branches,
                  roleCrashes,
                  reads,
                  wholeReads,
                  faults,
                  givenUp);
    }
  }

  /** While a primary served, without a break. */
  static final class Term {
    final UUID epoch;
    final Lineage lineage;
    private final ReadableLog log;
    private long durableLsn;
    long lastNanos;

    Term(UUID epoch, ReadableLog log) {
      this.epoch = epoch;
      this.log = log;
      this.lineage = log.lineage();
    }

    /**
     * Everything that it has acknowledged by now is in its log below that. The same log grows on
     * when its node has become a secondary: that is the next one's.
     */
    long durableLsn() {
      boolean goesOn = log.lineage().newest().filter(it -> it.id().equals(epoch)).isPresent();
      if (goesOn) {
        durableLsn = Math.max(durableLsn, log.marks().durable());
      }
      return durableLsn;
    }
  }

  /** A resource from its making to its end. */
  static final class Life {
    final ScenarioLedger ledger;

    /** Every epoch that a primary's log ever had, and how far it was durable in it. */
    final Map<UUID, Long> epochs = new TreeMap<>();

    /** Who served, in order. */
    final List<Term> terms = new ArrayList<>();

    Life(ScenarioLedger ledger) {
      this.ledger = ledger;
    }

    /** The log of who has begun the latest epoch. */
    Optional<Lineage> newest() {
      return terms.stream().map(term -> term.lineage).max(Comparator.comparing(Life::last));
    }

    /** Of epochs of the same number the ids decide, for nodes and so here. */
    private static EpochRef last(Lineage line) {
      Epoch epoch = line.newest().orElseThrow();
      return new EpochRef(epoch.number(), epoch.id());
    }

    /** Who has served at any time since. */
    List<Term> servedSince(long nanos) {
      return terms.stream().filter(term -> term.lastNanos >= nanos).toList();
    }
  }

  ScenarioWorld(long seed, NodePlanting planting) {
    simulation = new Simulation(seed);
    random = simulation.random("scenario");
    net = new SimNet(simulation);
    this.planting = planting;
    forcing = random.chance(0.5);
    counts.forcing = forcing;
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

  /** Says what happens, if somebody wants to know why a seed fails. */
  void trace(String words) {
    if (TRACING) {
      System.out.printf("%12.6f %s%n", simulation.nowNanos() / 1e9, words);
    }
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
