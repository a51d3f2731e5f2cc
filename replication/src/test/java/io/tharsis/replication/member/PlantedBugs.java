package io.tharsis.replication.member;

import io.tharsis.logfiles.format.DirtyRegions;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.DirtyFile;
import io.tharsis.logfiles.scenario.ForgedDirtyFile;
import io.tharsis.logfiles.scenario.Unforced;
import io.tharsis.logfiles.scenario.WrappedStore;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.ForwardingDisk;
import io.tharsis.logfiles.seam.ForwardingStore;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.SimHost;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Bugs that replicas could have, planted between them and their world. Each behaves as if the
 * program itself forgot something; the scenarios must notice.
 */
final class PlantedBugs {

  private PlantedBugs() {}

  private static boolean isPrimary(SimHost host) {
    return host.name().equals("p");
  }

  private static boolean isChunk(List<Extent> extents) {
    Extent first = extents.getFirst();
    return extents.size() == 1
        && first.lengthBytes() == RegionSet.REGION_BYTES
        && first.offset() % RegionSet.REGION_BYTES == 0;
  }

  /** Files of some hosts are opened with something in between. */
  private record Wrapped(
      Predicate<SimHost> hosts, Predicate<String> files, UnaryOperator<Disk> wrapper)
      implements Planting {
    @Override
    public Store store(SimHost host, Store store) {
      return hosts.test(host) ? new WrappedStore(store, files, wrapper) : store;
    }
  }

  /** The source ships log that a power cut can take away. */
  static Planting shipsBeyondDurable() {
    return new Wrapped(PlantedBugs::isPrimary, WrappedStore::isLogfile, Unforced::new);
  }

  /** A receiver says that it has log which a power cut can take away. */
  static Planting acknowledgesBeforeDurable() {
    return new Wrapped(host -> !isPrimary(host), WrappedStore::isLogfile, Unforced::new);
  }

  /** A receiver puts other bytes into its log than those that came and were verified. */
  static Planting copiesWrongly() {
    return new Wrapped(host -> !isPrimary(host), WrappedStore::isLogfile, Garbling::new);
  }

  private static final class Garbling extends ForwardingDisk {
    Garbling(Disk behind) {
      super(behind);
    }

    @Override
    public void write(List<Extent> extents, Durability durability, Completion done) {
      behind().write(extents.stream().map(Garbling::garbled).toList(), durability, done);
    }

    /** The last byte of what fills a batch up is another one. */
    private static Extent garbled(Extent extent) {
      ByteBuffer copy = ByteBuffer.allocateDirect(Math.toIntExact(extent.lengthBytes()));
      extent.from().forEach(part -> copy.put(part.duplicate()));
      copy.put(copy.capacity() - 1, (byte) 1);
      return Extent.of(extent.offset(), copy.flip());
    }
  }

  /** What a sync brings does not reach the disk. */
  static Planting losesChunks() {
    return new Planting() {
      @Override
      public Disk disk(SimHost host, Disk disk) {
        return isPrimary(host) ? disk : new LostChunks(host.owner(), disk);
      }
    };
  }

  private static final class LostChunks extends ForwardingDisk {
    private final Owner owner;

    LostChunks(Owner owner, Disk behind) {
      super(behind);
      this.owner = owner;
    }

    @Override
    public void write(List<Extent> extents, Durability durability, Completion done) {
      if (isChunk(extents)) {
        owner.execute(done::succeeded);
      } else {
        behind().write(extents, durability, done);
      }
    }
  }

  /** Nothing is kept any more for a member that is away. */
  static Planting forgetsTheSilent() {
    return new Planting() {
      @Override
      public void meddle(PrimaryReplica primary, Collection<UUID> silent) {
        silent.forEach(primary::dismiss);
      }
    };
  }

  /**
   * How new the newest content is that a sync has brought is not remembered; so what is staged
   * flips before the log has come to where its contents are.
   */
  static Planting stampNotKept() {
    return new Wrapped(
        host -> !isPrimary(host),
        file -> file.endsWith(DirtyFile.NAME),
        disk -> new ForgedDirtyFile(disk, PlantedBugs::withoutStamp));
  }

  private static DirtyRegions withoutStamp(DirtyRegions written) {
    return new DirtyRegions(
        written.resourceId(), written.sequence(), DirtyRegions.Stamp.NONE, written.regions());
  }

  /** What is staged counts from the moment on at which it begins. */
  static Planting countsFromTheBeginning() {
    return new Planting() {
      @Override
      public Store store(SimHost host, Store store) {
        return new ForwardingStore(store) {
          @Override
          public Async<Disk> create(String file, long sizeBytes) {
            return super.create(file.equals("staged") ? "flipping" : file, sizeBytes);
          }
        };
      }
    };
  }

  /** The disk is touched where something is staged for it. */
  static Planting touchesTheDisk() {
    return new Planting() {
      @Override
      public Disk disk(SimHost host, Disk disk) {
        return isPrimary(host) ? disk : new TouchedDisk(host, disk);
      }
    };
  }

  private static final class TouchedDisk extends ForwardingDisk {
    private final SimHost host;

    TouchedDisk(SimHost host, Disk behind) {
      super(behind);
      this.host = host;
    }

    @Override
    public void read(ByteBuffer into, long offset, Completion done) {
      boolean chunk = into.remaining() == RegionSet.REGION_BYTES;
      if (chunk && host.directory(SimReplicaNode.DIRECTORY).has("staged")) {
        Async.start(read -> behind().read(into, offset, read))
            .then(read -> {
              Range first = new Range(offset, offset + SimReplicaNode.CELL);
              return Async.start(punched -> behind().punch(first, punched));
            })
            .observe(touched -> done.succeeded(), done::failed);
      } else {
        behind().read(into, offset, done);
      }
    }
  }

  /** What a sync brings is written after the log was let onto its range again. */
  static Planting ignoresTheHold() {
    return new Planting() {
      @Override
      public Disk disk(SimHost host, Disk disk) {
        return isPrimary(host) ? disk : new LateChunks(host, disk);
      }
    };
  }

  private static final class LateChunks extends ForwardingDisk {
    private static final Duration LATE = Duration.ofMillis(300);

    private final SimHost host;
    private final Owner owner;
    private Async<Void> late = Async.done();

    LateChunks(SimHost host, Disk behind) {
      super(behind);
      this.host = host;
      this.owner = host.owner();
    }

    @Override
    public void write(List<Extent> extents, Durability durability, Completion done) {
      if (isChunk(extents)) {
        ByteBuffer copy = ByteBuffer.allocateDirect(RegionSet.REGION_BYTES);
        extents.getFirst().from().forEach(part -> copy.put(part.duplicate()));
        Extent chunk = Extent.of(extents.getFirst().offset(), copy.flip());
        Async<Void> waited = new Async<>();
        host.clock().after(LATE, () -> waited.succeed(null));
        Async<Void> before = late;
        late =
            before
                .orElse(cause -> Async.done())
                .then(ended -> waited)
                .then(now ->
                    Async.start(step -> behind().write(List.of(chunk), Durability.BUFFERED, step)));
        owner.execute(done::succeeded);
      } else {
        behind().write(extents, durability, done);
      }
    }

    @Override
    public Async<Void> close() {
      return late.orElse(cause -> Async.done()).then(done -> super.close());
    }
  }
}
