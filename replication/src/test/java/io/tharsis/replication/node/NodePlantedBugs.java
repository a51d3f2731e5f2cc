package io.tharsis.replication.node;

import io.tharsis.logfiles.format.DirtyRegions;
import io.tharsis.logfiles.log.DirtyFile;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.ForwardingDisk;
import io.tharsis.logfiles.seam.ForwardingStore;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.replication.link.Links;
import io.tharsis.replication.member.PrimaryReplica;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
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
      return new WrappedStore(store, directory, this);
    }

    private Disk wrap(String directory, String file, Disk disk) {
      return files.test(directory, file) ? wrapper.apply(disk) : disk;
    }
  }

  private static final class WrappedStore extends ForwardingStore {
    private final String directory;
    private final Wrapped how;

    WrappedStore(Store behind, String directory, Wrapped how) {
      super(behind);
      this.directory = directory;
      this.how = how;
    }

    @Override
    public Async<Disk> create(String file, long sizeBytes) {
      return super.create(file, sizeBytes).map(disk -> how.wrap(directory, file, disk));
    }

    @Override
    public Async<Disk> open(String file) {
      return super.open(file).map(disk -> how.wrap(directory, file, disk));
    }
  }

  private static final class NeverDurable extends ForwardingDisk {
    NeverDurable(Disk behind) {
      super(behind);
    }

    @Override
    public void write(List<Extent> extents, Durability durability, Completion done) {
      behind().write(extents, Durability.BUFFERED, done);
    }
  }

  // ---- the log ----

  /** What is in the log can be lost with the power. */
  static NodePlanting logNotDurable() {
    return new Wrapped(
        (directory, file) -> file.startsWith("log-") || file.startsWith("spare-"),
        NeverDurable::new);
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
        (directory, file) -> file.equals(DirtyFile.NAME), NodePlantedBugs::forgetful);
  }

  private static Disk forgetful(Disk disk) {
    return new ForwardingDisk(disk) {
      @Override
      public void write(List<Extent> extents, Durability durability, Completion done) {
        behind().write(List.of(clean(extents.getFirst())), durability, done);
      }
    };
  }

  private static Extent clean(Extent slot) {
    ByteBuffer whole = ByteBuffer.allocateDirect(DirtyRegions.SLOT_BYTES);
    for (ByteBuffer part : slot.from()) {
      whole.put(part.duplicate());
    }
    DirtyRegions written = DirtyRegions.decode(whole.clear(), 0).sound().orElseThrow();
    DirtyRegions nothing =
        new DirtyRegions(
            written.resourceId(), written.sequence(), written.newest(), new TreeMap<>());
    ByteBuffer into = ByteBuffer.allocateDirect(DirtyRegions.SLOT_BYTES);
    int bytes = nothing.encode(into);
    return Extent.of(slot.offset(), into.clear().limit(bytes).slice());
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

  private static final class LazyStore extends ForwardingStore {
    LazyStore(Store behind) {
      super(behind);
    }

    @Override
    public Async<Disk> create(String file, long sizeBytes) {
      return super.create(file, sizeBytes).map(NeverDurable::new);
    }

    @Override
    public Async<Disk> open(String file) {
      return super.open(file).map(NeverDurable::new);
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
