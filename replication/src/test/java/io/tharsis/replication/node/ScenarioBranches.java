package io.tharsis.replication.node;

import io.tharsis.logfiles.log.Fork;
import io.tharsis.replication.control.view.BranchView;
import io.tharsis.replication.control.view.ReplicaView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Branches that were given up: each is kept where it was, and nowhere else, until somebody deletes
 * it, its replica ends, or its time is over.
 */
final class ScenarioBranches {

  private static final Pattern FILE = Pattern.compile("(branch-[0-9a-f]{8}-[0-9]+)-log-.+");

  /** Longer than branches are kept if nobody says anything, and than is ever said here. */
  private static final Duration LONG = Duration.ofDays(8);

  /** So rarely does a node look whether a branch is too old. */
  private static final Duration LOOK = Duration.ofMinutes(2);

  /** So quickly is what is staged given up, before the log is rewound. */
  private static final Duration GIVING_UP = Duration.ofSeconds(1);

  private final ScenarioWorld world;
  private final Map<String, Fork> rewinding = new TreeMap<>();
  private final Map<String, Long> staged = new TreeMap<>();
  private final Map<String, Shelf> shelves = new TreeMap<>();

  private record Shelf(UUID membership, SortedSet<String> names) {}

  ScenarioBranches(ScenarioWorld world) {
    this.world = world;
  }

  /** Names of what a node keeps of a resource. */
  static SortedSet<String> kept(SimClusterNode node, String resource) {
    SortedSet<String> names = new TreeSet<>();
    for (String file : SimPremises.directory(node.host(), resource).files()) {
      Matcher matcher = FILE.matcher(file);
      if (matcher.matches()) {
        names.add(matcher.group(1));
      }
    }
    return names;
  }

  /** After every event: what an operator gives up is kept from when the deed forgets it. */
  void glance(List<ScenarioOracles.Seen> all) {
    for (ScenarioOracles.Seen seen : all) {
      Optional<Fork> now = seen.deed().rewinding();
      Optional<Fork> before = Optional.ofNullable(rewinding.remove(seen.toString()));
      if (seen.secondary().filter(it -> it.resource().staged().isPresent()).isPresent()) {
        staged.put(seen.toString(), world.simulation.nowNanos());
      }
      if (now.isPresent() && (before.isPresent() || !wasStaging(seen))) {
        rewinding.put(seen.toString(), now.get());
      }
      boolean over = now.isEmpty() && seen.deed().stage() != Deed.Stage.LEAVING;
      if (before.isPresent() && over && !isKept(seen, before.get())) {
        throw new Violation(seen + " has given its branch up, and not kept it: " + before.get());
      }
    }
  }

  /** What is staged is not a copy yet, and is not kept when it turns out to be of a branch. */
  private boolean wasStaging(ScenarioOracles.Seen seen) {
    long since = world.simulation.nowNanos() - GIVING_UP.toNanos();
    return staged.getOrDefault(seen.toString(), Long.MIN_VALUE) > since;
  }

  private boolean isKept(ScenarioOracles.Seen seen, Fork fork) {
    return kept(seen.node(), seen.deed().name()).contains(fork.branchName())
        || world.deletedBranches.contains(seen + " " + fork.branchName());
  }

  /** What a node has is older than it was. */
  void forget(SimClusterNode node) {
    for (String resource : world.resources) {
      rewinding.remove(ScenarioOperator.place(node, resource));
      shelves.remove(ScenarioOperator.place(node, resource));
    }
  }

  /** Now and then: nothing that is kept goes away by itself. */
  void look(List<ScenarioOracles.Seen> all) {
    for (ScenarioOracles.Seen seen : all) {
      Shelf now = new Shelf(seen.deed().membership(), kept(seen.node(), seen.deed().name()));
      Optional<Shelf> before =
          Optional.ofNullable(shelves.put(seen.toString(), now))
              .filter(shelf -> shelf.membership().equals(now.membership()));
      if (before.isPresent() && seen.deed().stage() != Deed.Stage.LEAVING) {
        List<String> lost = new ArrayList<>(before.get().names());
        lost.removeAll(now.names());
        lost.removeIf(name -> world.deletedBranches.contains(seen + " " + name));
        if (!lost.isEmpty()) {
          throw new Violation(seen + " has lost branches: " + lost);
        }
      }
    }
  }

  /** Whether everybody is told of what is kept, and where. */
  boolean areShown(List<ScenarioOracles.Seen> all) {
    return all.stream()
        .allMatch(seen ->
            world.nodes.stream()
                .allMatch(node -> shown(node, seen).equals(kept(seen.node(), seen.deed().name()))));
  }

  private static Set<String> shown(SimClusterNode at, ScenarioOracles.Seen seen) {
    TreeSet<String> names = new TreeSet<>();
    at.view().resources().stream()
        .filter(resource -> resource.id().equals(seen.deed().resource().toString()))
        .flatMap(resource -> resource.replicas().stream())
        .filter(one -> one.host().equals(seen.node().name()))
        .map(ReplicaView::branches)
        .flatMap(branches -> branches.kept().stream())
        .map(BranchView.Kept::name)
        .forEach(names::add);
    return names;
  }

  /** All time that a branch is kept passes, by the clocks on the walls. */
  void pass(ClusterScenario scenario, ScenarioOracles oracles) {
    List<ScenarioOracles.Seen> all = oracles.replicas();
    if (all.stream().allMatch(seen -> kept(seen.node(), seen.deed().name()).isEmpty())
        || !world.random.chance(0.2)) {
      return;
    }
    world.nodes.forEach(node -> node.host().jumpWallClock(LONG));
    scenario.runFor(LOOK);
    for (ScenarioOracles.Seen seen : oracles.replicas()) {
      if (!kept(seen.node(), seen.deed().name()).isEmpty()) {
        throw new Violation(seen + " keeps branches for ever");
      }
    }
  }
}
