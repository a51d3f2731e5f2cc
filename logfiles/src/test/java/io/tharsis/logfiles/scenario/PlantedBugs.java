package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.ForwardingDisk;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Predicate;

/**
 * Bugs that a log and an applier could have, planted between them and their world. Each behaves as
 * if the program itself forgot something; the scenarios must notice.
 */
final class PlantedBugs {

  private PlantedBugs() {}

  /** Batches are acknowledged without ever having been made durable. */
  static Wrapping noSyncOfTheLog() {
    return new Wrapping() {
      @Override
      public Store store(Owner owner, Store store) {
        return new WrappedStore(
            store, WrappedStore::isLogfile, disk -> new NeverDurable(owner, disk));
      }
    };
  }

  /** The checkpoint moves although the volume's disk was never synced. */
  static Wrapping checkpointAheadOfTheDisk() {
    return new Wrapping() {
      @Override
      public Disk disk(Owner owner, Disk disk) {
        return new NeverDurable(owner, disk);
      }
    };
  }

  private static final class NeverDurable extends Unforced {
    private final Owner owner;

    NeverDurable(Owner owner, Disk behind) {
      super(behind);
      this.owner = owner;
    }

    @Override
    public void sync(Completion done) {
      owner.execute(done::succeeded);
    }
  }

  /** The disks get effects that the checkpoint's horizon does not cover. */
  static Wrapping horizonNotWritten() {
    return new Wrapping() {
      @Override
      public Store store(Owner owner, Store store) {
        return new WrappedStore(store, "checkpoint"::equals, HorizonForgotten::new);
      }
    };
  }

  private static final class HorizonForgotten extends ForwardingDisk {
    HorizonForgotten(Disk behind) {
      super(behind);
    }

    @Override
    public void write(List<Extent> extents, Durability durability, Completion done) {
      Extent slot = extents.getFirst();
      Checkpoint written = Checkpoint.decode(slot.from().getFirst(), 0).sound().orElseThrow();
      Checkpoint.Progress at = written.progress();
      Checkpoint forgetful =
          new Checkpoint(
              written.resourceId(),
              written.sequence(),
              new Checkpoint.Progress(
                  at.checkpointLsn(), at.checkpointLsn(), at.epochNumber(), at.epochId()),
              written.disks(),
              written.applied());
      ByteBuffer block = ByteBuffer.allocateDirect(Checkpoint.BYTES);
      forgetful.encode(block, 0);
      behind().write(List.of(Extent.of(slot.offset(), block)), durability, done);
    }
  }

  /** Each append writes the block before it once more, as an append into a shared block would. */
  static Wrapping durableBlockRewritten() {
    return new Wrapping() {
      @Override
      public Store store(Owner owner, Store store) {
        return new WrappedStore(store, WrappedStore::isLogfile, LastBlockRewritten::new);
      }
    };
  }

  private static final class LastBlockRewritten extends ForwardingDisk {
    private static final int BLOCK = 4096;

    LastBlockRewritten(Disk behind) {
      super(behind);
    }

    @Override
    public void write(List<Extent> extents, Durability durability, Completion done) {
      long before = extents.getFirst().offset() - BLOCK;
      if (before < LogfileHeader.BYTES) {
        behind().write(extents, durability, done);
        return;
      }
      ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
      Completion rewrite =
          Completion.of(
              () -> rewriteAndAppend(before, block, extents, durability, done),
              cause -> behind().write(extents, durability, done));
      behind().read(block, before, rewrite);
    }

    /** What is on its way to the medium meanwhile is not yet the whole block. */
    private void rewriteAndAppend(
        long before,
        ByteBuffer whole,
        List<Extent> extents,
        Durability durability,
        Completion done) {
      ByteBuffer half = ByteBuffer.allocateDirect(BLOCK).put(0, whole, 0, BLOCK / 4);
      Extent torn = Extent.of(before, half);
      Extent again = Extent.of(before, whole);
      Async.start(step -> behind().write(List.of(torn), Durability.BUFFERED, step))
          .then(step ->
              Async.start(next -> behind().write(List.of(again), Durability.BUFFERED, next)))
          .then(step -> Async.start(last -> behind().write(extents, durability, last)))
          .observe(written -> done.succeeded(), done::failed);
    }
  }

  /** Recovery trusts what it reads and does not write it again. */
  static Wrapping tailNotRewritten() {
    return new Wrapping() {
      @Override
      public Store store(Owner owner, Store store) {
        return new WrappedStore(
            store, WrappedStore::isLogfile, disk -> new NothingTwice(owner, disk));
      }
    };
  }

  /** Leaves out a write that would change nothing a reader could see. */
  private static final class NothingTwice extends ForwardingDisk {
    private final Owner owner;

    NothingTwice(Owner owner, Disk behind) {
      super(behind);
      this.owner = owner;
    }

    @Override
    public void write(List<Extent> extents, Durability durability, Completion done) {
      Extent extent = extents.getFirst();
      ByteBuffer now = ByteBuffer.allocateDirect(Math.toIntExact(extent.lengthBytes()));
      Runnable write = () -> behind().write(extents, durability, done);
      Runnable writeWhatIsNew =
          () -> {
            if (now.equals(joined(extent))) {
              owner.execute(done::succeeded);
            } else {
              write.run();
            }
          };
      Completion compare = Completion.of(writeWhatIsNew, cause -> write.run());
      behind().read(now, extent.offset(), compare);
    }

    private static ByteBuffer joined(Extent extent) {
      ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(extent.lengthBytes()));
      extent.from().forEach(part -> all.put(part.duplicate()));
      return all.flip();
    }
  }

  /** A logfile is used before its name is durable. */
  static Wrapping directoryNotSynced() {
    return new Wrapping() {
      @Override
      public Store store(Owner owner, Store store) {
        Predicate<String> none = name -> false;
        return new WrappedStore(store, none, disk -> disk) {
          @Override
          public Async<Void> syncDirectory() {
            Async<Void> pretended = new Async<>();
            owner.execute(() -> pretended.succeed(null));
            return pretended;
          }
        };
      }
    };
  }

  /** Writes that touch are merged, and the last part of what was merged is lost. */
  static Wrapping mergeLosesItsEnd() {
    return new Wrapping() {
      @Override
      public Disk disk(Owner owner, Disk disk) {
        return new ForwardingDisk(disk) {
          @Override
          public void write(List<Extent> extents, Durability durability, Completion done) {
            behind().write(extents.stream().map(PlantedBugs::shortened).toList(), durability, done);
          }
        };
      }
    };
  }

  private static Extent shortened(Extent extent) {
    List<ByteBuffer> parts = extent.from();
    return parts.size() < 2
        ? extent
        : new Extent(extent.offset(), parts.subList(0, parts.size() - 1));
  }

  /** The Applier does not punch what was unmapped. */
  static Wrapping unmapsForgotten() {
    return new Wrapping() {
      @Override
      public Disk disk(Owner owner, Disk disk) {
        return new ForwardingDisk(disk) {
          @Override
          public void punch(Range range, Completion done) {
            owner.execute(done::succeeded);
          }
        };
      }
    };
  }
}
