package io.tharsis.replication.node;

import io.tharsis.logfiles.sim.CrashMode;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.replication.simnet.NetFault;
import java.time.Duration;
import java.util.List;

/** What happens to nodes, their hosts, and the network between them; and how it ends. */
final class ScenarioTrouble {

  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final ScenarioWorld world;
  private final List<ScenarioWriter> writers;
  private final SimRandom random;
  private Duration away = Duration.ZERO;

  ScenarioTrouble(ScenarioWorld world, List<ScenarioWriter> writers) {
    this.world = world;
    this.writers = writers;
    this.random = world.simulation.random("trouble");
  }

  /** One thing happens. */
  void act() {
    SimClusterNode one = world.anyNode();
    SimClusterNode other = world.anyNode();
    switch (random.below(24)) {
      case 0, 1, 2 -> {
        crash(one);
        boot(one);
      }
      case 3 -> crash(one);
      case 4, 5 -> bootAll();
      case 6 -> world.net.cut(one.name(), other.name());
      case 7 -> world.net.line(one.name(), other.name()).cut();
      case 8, 9 -> world.net.heal();
      case 10 -> isolate(one);
      case 11 -> world.net.faults().chance(netFault(), 0.01);
      case 12 -> slow(one, other);
      case 13, 14 -> hurry();
      case 15, 17, 18 -> absence(one);
      case 16 -> relieve(one);
      default -> {
        HostTrouble[] all = HostTrouble.values();
        all[random.below(all.length)].strike(world, one, world.anyResource());
        world.troubled.add(one.name());
      }
    }
  }

  private void relieve(SimClusterNode node) {
    HostTrouble.heal(node, world.resources);
    world.troubled.remove(node.name());
    if (world.excuses.has(node, Excuses.Reason.LOG_POISONED)) {
      crash(node);
      clearPoison(node);
      boot(node);
    }
  }

  /** What an operator does by {@code tharsis log clear-poison} when the cause is removed. */
  private void clearPoison(SimClusterNode node) {
    for (String resource : world.resources) {
      SimDirectory log = SimPremises.directory(node.host(), resource);
      if (log.has("poison")) {
        log.medium("poison").blank();
      }
    }
  }

  private void hurry() {
    if (!writers.isEmpty()) {
      writers.get(random.below(writers.size())).hurry(random.chance(0.6));
    }
  }

  /** It is away while a lot is written: the log may not be kept that long. */
  private void absence(SimClusterNode one) {
    if (random.chance(0.5)) {
      crash(one);
    } else {
      isolate(one);
    }
    writers.forEach(writer -> writer.hurry(true));
    away = Duration.ofSeconds(random.between(5, 30));
  }

  /** The primary of a resource is gone, or nobody hears of it. */
  void lose(String resource) {
    world.nodes.stream()
        .filter(node -> ScenarioOperator.deed(node, resource).filter(Deed::isPrimary).isPresent())
        .findFirst()
        .ifPresent(node -> {
          if (random.chance(0.5)) {
            crash(node);
          } else {
            isolate(node);
          }
        });
  }

  /** How long what has just happened is to last, at least. */
  Duration lasting() {
    Duration lasting = away;
    away = Duration.ZERO;
    return lasting;
  }

  private void isolate(SimClusterNode one) {
    world.trace(one.name() + " is cut off");
    for (SimClusterNode other : world.nodes) {
      if (other != one) {
        world.net.cut(one.name(), other.name());
      }
    }
  }

  private void slow(SimClusterNode one, SimClusterNode other) {
    world
        .net
        .line(one.name(), other.name())
        .delay(Duration.ofMillis(1), Duration.ofMillis(random.between(2, 400)));
  }

  private NetFault netFault() {
    NetFault[] all = NetFault.values();
    return all[random.below(all.length)];
  }

  // ---- processes ----

  /** The process ends, or the machine does. */
  void crash(SimClusterNode node) {
    world.counts.crashes++;
    world.trace(node.name() + " crashes");
    CrashMode[] modes = CrashMode.values();
    CrashMode mode = modes[random.below(modes.length)];
    media(node).forEach(medium -> medium.crashMode(mode));
    if (random.chance(0.5)) {
      node.powerFail();
    } else {
      node.kill();
    }
  }

  private List<SimMedium> media(SimClusterNode node) {
    return world.resources.stream()
        .map(resource -> node.host().disk(SimClusterCommands.disk(resource), Cells.VOLUME_BYTES))
        .toList();
  }

  /** Its process starts, again and again until it succeeds. */
  void boot(SimClusterNode node) {
    world.trace(node.name() + " starts");
    int incarnation = node.host().incarnation();
    node.begin(cause ->
        world.simulation.schedule(
            AGAIN,
            "boot",
            () -> {
              if (node.host().incarnation() == incarnation) {
                node.kill();
                boot(node);
              }
            }));
  }

  private void bootAll() {
    world.nodes.stream().filter(node -> !node.isBooted()).forEach(this::boot);
  }

  /** Everything that was wrong ends; what was done stays. */
  void heal() {
    world.net.heal();
    world.net.calm();
    world.nodes.forEach(this::relieve);
    bootAll();
  }
}
