package io.tharsis.replication.node;

import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.SimMedium;
import io.tharsis.logfiles.sim.SimRandom;
import io.tharsis.logfiles.sim.Simulation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Copies of what nodes have: put back later, or brought to life beside them. Not of a node that is
 * a primary, where that would be a fork.
 */
final class ScenarioCopies {

  private final ScenarioWorld world;
  private final ScenarioTrouble trouble;
  private final ScenarioOperator operator;
  private final ScenarioBranches branches;
  private final SimRandom random;
  private final Map<String, SimHost> backups = new TreeMap<>();
  private final List<SimClusterNode> clones = new ArrayList<>();
  private int made;

  ScenarioCopies(
      ScenarioWorld world,
      ScenarioTrouble trouble,
      ScenarioOperator operator,
      ScenarioBranches branches) {
    this.world = world;
    this.branches = branches;
    this.operator = operator;
    this.trouble = trouble;
    this.random = world.simulation.random("copies");
  }

  /** One thing happens. */
  void act() {
    List<SimClusterNode> followers = world.nodes.stream().filter(this::isFollower).toList();
    if (followers.isEmpty()) {
      return;
    }
    SimClusterNode node = followers.get(random.below(followers.size()));
    SimHost backup = backups.get(node.name());
    if (backup == null) {
      keep(node);
      return;
    }
    switch (random.below(6)) {
      case 0 -> keep(node);
      case 1, 2 -> begin(node);
      case 3, 4 -> restore(node, backup);
      default -> rollBack(node, backup, world.anyResource());
    }
  }

  /** Whether it is certain that it has no part in any role: what it has and knows may be older. */
  private boolean isFollower(SimClusterNode node) {
    return node.isUp()
        && !operator.hasPromoted(node)
        && node.node().orElseThrow().replicas().stream()
            .noneMatch(
                it -> it.deed().isPrimary() || it.deed().transfer().isPresent() || it.isUnsure())
        && world.nodes.stream()
            .filter(SimClusterNode::isUp)
            .flatMap(other -> other.node().orElseThrow().replicas().stream())
            .flatMap(it -> it.deed().granted().stream())
            .noneMatch(it -> it.node().equals(node.id()));
  }

  /** All of it is copied at one moment, while it goes on. */
  private void keep(SimClusterNode node) {
    SimHost vault = new Simulation(world.simulation.seed()).host(node.name());
    vault.become(node.host());
    backups.put(node.name(), vault);
  }

  private void restore(SimClusterNode node, SimHost backup) {
    world.counts.restored++;
    world.excuses.add(node, Excuses.Reason.DATA_RESTORED);
    forget(node);
    trouble.crash(node);
    node.host().become(backup);
    trouble.boot(node);
  }

  /** What it has said and done since the backup is unsaid and undone. */
  private void forget(SimClusterNode node) {
    branches.forget(node);
    world.resources.forEach(resource -> world.left.remove(ScenarioOperator.place(node, resource)));
  }

  private void rollBack(SimClusterNode node, SimHost backup, String resource) {
    String path = SimClusterCommands.disk(resource);
    trouble.crash(node);
    SimMedium disk = node.host().disk(path, Cells.VOLUME_BYTES);
    SimMedium now =
        new Simulation(world.simulation.seed()).host(node.name()).disk(path, Cells.VOLUME_BYTES);
    now.become(disk);
    disk.become(backup.disk(path, Cells.VOLUME_BYTES));
    if (isNoticed(new ReplicaLab.Specimen(node, resource, path))) {
      world.counts.rolledBack++;
      world.excuses.add(node, Excuses.Reason.DISK_ROLLED_BACK);
    } else {
      world.counts.unnoticed++;
      disk.become(now);
    }
    trouble.boot(node);
  }

  /**
   * Only what was applied last is compared with what it was. What a sync has put on a disk before
   * is not, so a disk from before a sync is not noticed unless something was applied after it; that
   * is known, and not done here.
   */
  private boolean isNoticed(ReplicaLab.Specimen specimen) {
    try {
      new ReplicaLab(random.nextLong(), specimen, false).follow();
      return false;
    } catch (IOException refused) {
      return true;
    }
  }

  /** A second process in its name. */
  private void begin(SimClusterNode node) {
    if (!clones.isEmpty()) {
      return;
    }
    world.counts.cloned++;
    world.excuses.add(node, Excuses.Reason.CLONED);
    SimClusterNode clone =
        new SimClusterNode(
            world.simulation,
            world.net,
            new SimClusterNode.Who(node.name() + "-clone" + ++made, node.name()),
            node.limits(),
            List.of("a"),
            world.planting);
    clone.host().become(node.host());
    clones.add(clone);
    clone.begin(cause -> {});
  }

  /** No copy runs any more; who was silenced by one is started anew. */
  void end() {
    clones.forEach(SimClusterNode::kill);
    clones.clear();
    for (SimClusterNode node : world.nodes) {
      if (world.excuses.has(node, Excuses.Reason.CLONED)) {
        trouble.crash(node);
      }
    }
  }
}
