package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.log.Entry;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One replica's copy of a volume, whatever the replica's role: the disk, where in the log the
 * ranges are that the disk does not have yet, and what of the disk has space. Belongs to its
 * resource and lives on its owner; whoever applies log changes disk and space, whoever appends or
 * receives log covers ranges.
 */
final class VolumeCopy {

  private final int number;
  private final Disk disk;
  private final Overlay overlay = new Overlay();
  private long sizeBytes;
  private SpaceMap space = SpaceMap.everythingAllocated();
  private long failedSyncs;
  private long freeBytes = Long.MAX_VALUE;
  private boolean isMeasured;
  private long foreignChanges;
  private Optional<List<Applied>> sinceAsked = Optional.empty();

  private record Applied(Range range, Overlay.Kind kind) {}

  /**
   * @param sizeBytes of the volume; of the disk, what is beyond is not used
   */
  VolumeCopy(int number, Disk disk, long sizeBytes) {
    this.number = number;
    this.disk = disk;
    this.sizeBytes = sizeBytes;
  }

  /** A copy for each volume, none of which is open yet. */
  static List<VolumeCopy> of(ResourceConfig config) {
    List<VolumeCopy> copies = new ArrayList<>();
    for (VolumeConfig volume : config.volumes()) {
      copies.add(new VolumeCopy(copies.size(), volume.disk(), volume.firstBytes()));
    }
    return List.copyOf(copies);
  }

  int number() {
    return number;
  }

  /** Size of the volume. */
  long sizeBytes() {
    return sizeBytes;
  }

  /** The log says how large the volume is; nothing relies on what it was said to be before. */
  void opened(long bytes) {
    sizeBytes = bytes;
  }

  /** The volume is larger from now on; its disk has been made ready for that. */
  void grown(long bytes) {
    Invariant.check(
        sizeBytes <= bytes && bytes <= disk.sizeBytes(), "a volume grows", sizeBytes, bytes);
    long before = sizeBytes;
    sizeBytes = bytes;
    space.grow(bytes);
    if (isMeasured && before < bytes) {
      // Log may have been received that was waiting for this.
      space.reservePending(before, bytes, overlay);
    }
  }

  Disk disk() {
    return disk;
  }

  /**
   * Makes what was written durable. The host tells a failure once and may then forget what it could
   * not write: whoever has written since the last success must ask {@link #failedSyncs}.
   */
  Async<Void> sync() {
    return Async.start(disk::sync)
        .orElse(cause -> {
          failedSyncs++;
          return Async.failed(cause);
        });
  }

  /** How many syncs have failed. */
  long failedSyncs() {
    return failedSyncs;
  }

  /** What a checkpoint knows the disk by. */
  DiskStamp stamp() {
    return stamp(sizeBytes);
  }

  /** The same for a disk that is ready for a volume of that size. */
  DiskStamp stamp(long readyBytes) {
    return DiskStamp.of(number, readyBytes, disk.identity());
  }

  Overlay overlay() {
    return overlay;
  }

  /** The record at {@code lsn} is the newest version of its range. */
  void cover(Entry entry, long lsn) {
    overlay.put(
        entry.deviceOffset(),
        entry.deviceOffset() + entry.extentLength(),
        lsn,
        Overlay.Kind.of(entry.type()));
  }

  /** The same while the log is received; what it needs of the disk is reserved if that is known. */
  void receive(Entry entry, long lsn) {
    cover(entry, lsn);
    long end = Math.min(entry.deviceOffset() + entry.extentLength(), sizeBytes);
    boolean needsSpace = Overlay.Kind.of(entry.type()) != Overlay.Kind.ZERO;
    if (isMeasured && needsSpace && entry.deviceOffset() < end) {
      space.reserve(entry.deviceOffset(), end);
    }
  }

  /**
   * Reserves what a write to a range may need of the disk's file system; false if it is not there.
   */
  boolean reserve(long from, long to) {
    long needed = space.wouldReserve(from, to);
    if (needed > 0 && space.reservedBytes() + needed > freeBytes) {
      return false;
    }
    space.reserve(from, to);
    return true;
  }

  /**
   * Asks the disk what is allocated, and reserves for what the log has and the disk does not, once;
   * from then on that is known. Log may be applied meanwhile.
   */
  Async<Void> measureSpace() {
    return isMeasured
        ? Async.done()
        : disk.freeBytes()
            .then(free -> {
              freeBytes = free;
              isMeasured = free == Long.MAX_VALUE;
              return isMeasured ? Async.done() : measureAllocation();
            });
  }

  private Async<Void> measureAllocation() {
    List<Applied> meanwhile = new ArrayList<>();
    sinceAsked = Optional.of(meanwhile);
    long asked = foreignChanges;
    return disk.allocated()
        .then(ranges -> {
          if (asked != foreignChanges) {
            return Async.failed(new IOException("the disk has changed meanwhile"));
          }
          space = new SpaceMap(sizeBytes);
          for (Range range : ranges) {
            if (range.from() < sizeBytes) {
              space.markAllocated(new Range(range.from(), Math.min(range.to(), sizeBytes)));
            }
          }
          sinceAsked = Optional.empty();
          // The answer may be of before or after each of them.
          meanwhile.forEach(one -> count(one.range(), one.kind()));
          space.reservePending(0, sizeBytes, overlay);
          isMeasured = true;
          return Async.done();
        });
  }

  /** Others than the Applier change the disk: what is allocated there is not known any more. */
  void forgetSpace() {
    foreignChanges++;
    sinceAsked = Optional.empty();
    if (isMeasured && freeBytes != Long.MAX_VALUE) {
      isMeasured = false;
      space = SpaceMap.everythingAllocated();
    }
  }

  /** Looks again how much is free; a failure to do so changes nothing. */
  void refreshFreeSpace() {
    if (freeBytes != Long.MAX_VALUE) {
      disk.freeBytes().observe(free -> freeBytes = free, cause -> {});
    }
  }

  /** A range has reached the disk. */
  void applied(Range range, Overlay.Kind kind) {
    sinceAsked.ifPresent(meanwhile -> meanwhile.add(new Applied(range, kind)));
    count(range, kind);
  }

  private void count(Range range, Overlay.Kind kind) {
    switch (kind) {
      case DATA, FILL -> {
        long used = space.applied(range.from(), range.to());
        freeBytes -= freeBytes == Long.MAX_VALUE ? 0 : used;
      }
      case ZERO -> {
        space.punched(range.from(), range.to());
        space.reservePending(range.from(), range.to(), overlay);
      }
    }
  }
}
