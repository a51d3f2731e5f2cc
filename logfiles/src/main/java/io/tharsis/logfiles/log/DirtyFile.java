package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.DirtyRegions;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.format.Slots;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Store;
import java.nio.ByteBuffer;
import java.util.SortedMap;
import java.util.UUID;

/**
 * The file with the two slots of {@link DirtyRegions}. Every resource has it, preallocated and with
 * a first content before the resource exists. Belongs to the resource's owner.
 */
public final class DirtyFile {

  /** Its name in the resource's directory. */
  public static final String NAME = "dirty";

  private static final SlotFile.Layout<DirtyRegions> LAYOUT =
      new SlotFile.Layout<>() {
        @Override
        public int slotBytes() {
          return DirtyRegions.SLOT_BYTES;
        }

        @Override
        public int encode(DirtyRegions content, ByteBuffer into) {
          return content.encode(into);
        }

        @Override
        public Reading<DirtyRegions> decode(ByteBuffer from, int at) {
          return DirtyRegions.decode(from, at);
        }
      };

  private final SlotFile<DirtyRegions> file;

  private DirtyFile(SlotFile<DirtyRegions> file) {
    this.file = file;
  }

  /** What the file was found to say. */
  public sealed interface Found {
    /** This is still to be synced, perhaps nothing; it is durable. */
    record Known(DirtyFile file) implements Found {}

    /** That cannot be told: everything must be synced, and both slots are to be written anew. */
    record Unknown(DirtyFile file, String reason) implements Found {}
  }

  /** Opens the file of a resource whose directory is locked. */
  public static Async<Found> open(Store store, UUID resourceId) {
    return store
        .open(NAME)
        .then(disk ->
            SlotFile.decide(disk, LAYOUT)
                .then(decision -> found(disk, resourceId, decision))
                .orElse(cause ->
                    disk.close().orElse(failed -> Async.done()).then(done -> Async.failed(cause))));
  }

  private static Async<Found> found(
      Disk disk, UUID resourceId, Slots.Decision<DirtyRegions> decision) {
    return switch (decision) {
      case Slots.Decision.InForce<DirtyRegions>(var regions, var other) ->
          regions.resourceId().equals(resourceId)
              ? known(disk, regions)
              : unknown(disk, resourceId, "they are of resource " + regions.resourceId());
      case Slots.Decision.NeverWritten<DirtyRegions>() ->
          unknown(disk, resourceId, "both slots are blank");
      case Slots.Decision.Refused<DirtyRegions>(String reason) -> unknown(disk, resourceId, reason);
    };
  }

  /** Written once more: it may come from a page cache that is ahead of the medium. */
  private static Async<Found> known(Disk disk, DirtyRegions regions) {
    DirtyFile known = new DirtyFile(new SlotFile<>(disk, LAYOUT, regions));
    return known.file.write(regions).map(done -> new Found.Known(known));
  }

  private static Async<Found> unknown(Disk disk, UUID resourceId, String reason) {
    return Async.of(
        new Found.Unknown(
            new DirtyFile(new SlotFile<>(disk, LAYOUT, DirtyRegions.none(resourceId))), reason));
  }

  /** Writes the first content of a file that was just created, and closes it. */
  static Async<Void> begin(Disk disk, DirtyRegions first) {
    SlotFile<DirtyRegions> created = new SlotFile<>(disk, LAYOUT, first);
    return created.write(first).then(done -> created.close());
  }

  /** What is durable. */
  public DirtyRegions inForce() {
    return file.inForce();
  }

  /** Replaces what is durable. One update at a time. */
  public Async<Void> update(DirtyRegions.Stamp newest, SortedMap<Integer, RegionSet> regions) {
    return file.write(inForce().next(newest, regions));
  }

  /** Closes it; no update is under way. */
  public Async<Void> close() {
    return file.close();
  }
}
