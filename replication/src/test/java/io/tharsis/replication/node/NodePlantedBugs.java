package io.tharsis.replication.node;

import io.tharsis.logfiles.format.DirtyRegions;
import io.tharsis.logfiles.log.DirtyFile;
import io.tharsis.logfiles.scenario.ForgedDirtyFile;
import io.tharsis.logfiles.scenario.Unforced;
import io.tharsis.logfiles.scenario.WrappedStore;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.replication.link.Links;
import io.tharsis.replication.member.PrimaryReplica;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Bugs that a node could have, planted between it and its world. Each behaves as if the program
 * itself forgot something; the scenarios must notice.
 */
final class NodePlantedBugs {

  private NodePlantedBugs() {}

  /** Some files are opened with something in between. */
  private record Wrapped(BiPredicate<String, String> files, UnaryOperator<Disk> wrapper)
      implements NodePlanting {
    @Override
    public Store store(SimHost host, String directory, Store store) {
      return new WrappedStore(store, file -> files.test(directory, file), wrapper);
    }
  }

  // ---- the log ----

  /** What is in the log can be lost with the power. */
  static NodePlanting logNotDurable() {
    return new Wrapped((directory, file) -> WrappedStore.isLogfile(file), Unforced::new);
  }

  /** The log is kept for members that have joined, but not for one that joins now. */
  static NodePlanting forgetsTheJoiner() {
    Set<String> known = new TreeSet<>();
    return onPrimaries((node, tenancy, primary) -> {
      for (UUID member : primary.needed().keySet()) {
        if (known.add(tenancy.deed().resource() + " " + member)) {
          primary.dismiss(member);
        }
      }
    });
  }

  /** A member that was dismissed stays counted. */
  static NodePlanting countsTheDismissed() {
    Map<UUID, Set<UUID>> ever = new TreeMap<>();
    return onPrimaries((node, tenancy, primary) -> {
      Set<UUID> members = ever.computeIfAbsent(tenancy.deed().resource(), any -> new TreeSet<>());
      members.addAll(primary.needed().keySet());
      members.forEach(member -> {
        if (!primary.needed().containsKey(member)) {
          primary.admit(member).ifPresent(base -> {});
        }
      });
    });
  }

  /** Meddles with an open replica. */
  @FunctionalInterface
  private interface Meddler {
    void meddle(SimClusterNode node, Tenancy tenancy, PrimaryReplica primary);
  }

  private static NodePlanting onReplicas(Consumer<ScenarioOracles.Seen> meddler) {
    return new NodePlanting() {
      @Override
      public void meddle(SimClusterNode node) {
        node.node()
            .ifPresent(it ->
                it.replicas().forEach(one -> meddler.accept(new ScenarioOracles.Seen(node, one))));
      }
    };
  }

  private static NodePlanting onPrimaries(Meddler meddler) {
    return onReplicas(
        seen -> seen.primary().ifPresent(it -> meddler.meddle(seen.node(), seen.tenancy(), it)));
  }

  // ---- what is said of copies ----

  /** That something must be synced is forgotten with the process. */
  static NodePlanting consistentTooEarly() {
    return new Wrapped(
        (directory, file) -> file.equals(DirtyFile.NAME),
        disk -> new ForgedDirtyFile(disk, NodePlantedBugs::clean));
  }

  private static DirtyRegions clean(DirtyRegions written) {
    return new DirtyRegions(
        written.resourceId(), written.sequence(), written.newest(), new TreeMap<>());
  }

  /** A member that was given up is not told so, but that it has everything. */
  static NodePlanting hidesTheSacrifice() {
    return new NodePlanting() {
      @Override
      public Links links(SimHost host, Links links) {
        return new DeafLinks(links);
      }
    };
  }

  // ---- memberships ----

  /** What a node is a member of can be lost with the power. */
  static NodePlanting deedsNotDurable() {
    return new NodePlanting() {
      @Override
      public Store store(SimHost host, String directory, Store store) {
        return directory.equals("members") ? new LazyStore(store) : store;
      }
    };
  }

  private static final class LazyStore extends WrappedStore {
    LazyStore(Store behind) {
      super(behind, file -> true, Unforced::new);
    }

    @Override
    public Async<Void> syncDirectory() {
      return Async.done();
    }
  }

  /** Who leaves removes the log while the replica still uses it. */
  static NodePlanting removesTheOpenLog() {
    return onReplicas(seen -> {
      if (seen.deed().stage() == Deed.Stage.LEAVING && seen.tenancy().isOpen()) {
        SimDirectory log = SimPremises.directory(seen.node().host(), seen.deed().name());
        new ArrayList<>(log.files()).forEach(log::unlink);
      }
    });
  }
}
