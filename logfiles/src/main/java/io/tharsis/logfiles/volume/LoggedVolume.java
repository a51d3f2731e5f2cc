package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.RecordType;
import io.tharsis.logfiles.log.Entry;
import io.tharsis.logfiles.log.Log;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * A volume at its primary: writes go into the log, reads consult the overlay and then the disk.
 * Belongs to its {@link LoggedResource} and lives on its owner.
 */
final class LoggedVolume implements Volume {

  private final LoggedResource resource;
  private final int number;
  private final Disk disk;
  private final WriteCache writeCache;
  private final Overlay overlay = new Overlay();
  private SpaceMap space = SpaceMap.everythingAllocated();
  private long freeBytes = Long.MAX_VALUE;

  LoggedVolume(LoggedResource resource, int number, VolumeConfig config) {
    this.resource = resource;
    this.number = number;
    this.disk = config.disk();
    this.writeCache = config.writeCache();
  }

  @Override
  public UUID resourceId() {
    return resource.id();
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public long sizeBytes() {
    return disk.sizeBytes();
  }

  @Override
  public WriteCache writeCache() {
    return writeCache;
  }

  Disk disk() {
    return disk;
  }

  Overlay overlay() {
    return overlay;
  }

  Log log() {
    return resource.log();
  }

  @Override
  public void read(long offset, ByteBuffer into, VolumeCompletion done) {
    if (!resource.isReadable()) {
      resource.owner().execute(() -> done.failed(VolumeFault.NOT_READY));
      return;
    }
    resource.counters().read(into.remaining());
    Operations.Operation ended = resource.tracked(done);
    resource.orFail(() -> {
      if (overlay.intersects(offset, offset + into.remaining())) {
        new OverlayRead(this, offset, into, ended).start();
      } else {
        disk.read(into, offset, ended.lend(new DiskRead(ended)));
      }
    });
  }

  /** A read that the disk alone answers. */
  private record DiskRead(VolumeCompletion done) implements Completion {
    @Override
    public void succeeded() {
      done.succeeded();
    }

    @Override
    public void failed(IOException cause) {
      done.failed(VolumeFault.READ_FAILED);
    }
  }

  @Override
  public Ticket write(
      long offset, ByteBuffer from, boolean forceUnitAccess, VolumeCompletion done) {
    resource.counters().write(from.remaining());
    return resource.submit(
        new PendingWrite(this, offset, from, forceUnitAccess, resource.tracked(done)));
  }

  @Override
  public Ticket unmap(long offset, long lengthBytes, VolumeCompletion done) {
    return resource.submit(new PendingUnmap(this, offset, lengthBytes, resource.tracked(done)));
  }

  @Override
  public void flush(VolumeCompletion done) {
    if (!resource.isReadable()) {
      resource.owner().execute(() -> done.failed(VolumeFault.NOT_READY));
      return;
    }
    VolumeCompletion ended = resource.tracked(done);
    resource.orFail(() -> log().whenDurable(log().marks().appended(), completion(ended)));
  }

  /** Appends a record and lets reads know where its range is now. Room was admitted. */
  void append(Entry entry, ByteBuffer payload) {
    long lsn = log().append(entry, payload);
    cover(entry, lsn);
  }

  /** The record at {@code lsn} is the newest version of its range. */
  void cover(Entry entry, long lsn) {
    overlay.put(
        entry.deviceOffset(), entry.deviceOffset() + entry.extentLength(), lsn, kind(entry.type()));
  }

  static Overlay.Kind kind(RecordType type) {
    return switch (type) {
      case WRITE -> Overlay.Kind.DATA;
      case FILL -> Overlay.Kind.FILL;
      case ZERO, UNMAP -> Overlay.Kind.ZERO;
      case STATE, MARK, PAD, SEAL -> throw new IllegalArgumentException(type + " has no range");
    };
  }

  /** Completes when everything appended so far is what GOOD on a write of this volume means. */
  void await(boolean forceUnitAccess, VolumeCompletion done) {
    long lsn = log().marks().appended();
    if (forceUnitAccess || writeCache == WriteCache.DURABLE) {
      log().whenDurable(lsn, completion(done));
    } else {
      log().whenWritten(lsn, completion(done));
    }
  }

  private static Completion completion(VolumeCompletion done) {
    return Completion.of(done::succeeded, cause -> done.failed(VolumeFault.LOG_STOPPED));
  }

  /** LSN below which this volume's readers may see what is in the log. */
  long visibleLsn() {
    return switch (writeCache) {
      case DURABLE -> log().marks().durable();
      case FLUSH -> log().marks().written();
    };
  }

  /** Calls back when readers may see what is below {@code lsn}. */
  void whenVisible(long lsn, Completion done) {
    switch (writeCache) {
      case DURABLE -> log().whenDurable(lsn, done);
      case FLUSH -> log().whenWritten(lsn, done);
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

  /** Asks the disk what is allocated and reserves for what recovery found in the log. */
  Async<Void> measureSpace() {
    return disk.freeBytes()
        .then(free -> {
          freeBytes = free;
          return free == Long.MAX_VALUE ? Async.done() : measureAllocation();
        });
  }

  private Async<Void> measureAllocation() {
    return disk.allocated()
        .map(ranges -> {
          space = new SpaceMap(disk.sizeBytes());
          ranges.forEach(space::markAllocated);
          space.reservePending(0, disk.sizeBytes(), overlay);
          return null;
        });
  }

  /** Looks again how much is free; a failure to do so changes nothing. */
  void refreshFreeSpace() {
    if (freeBytes != Long.MAX_VALUE) {
      disk.freeBytes().observe(free -> freeBytes = free, cause -> {});
    }
  }

  /** A range has reached the disk. */
  void applied(Range range, Overlay.Kind kind) {
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
