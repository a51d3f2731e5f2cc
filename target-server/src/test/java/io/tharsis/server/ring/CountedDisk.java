package io.tharsis.server.ring;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Range;
import java.nio.ByteBuffer;
import java.util.List;

/** Says what of a ring disk's work went past the ring: a disk that counts what it passes on. */
final class CountedDisk implements Disk {

  private final Disk disk;
  int reads;
  int writes;
  int syncs;

  CountedDisk(Disk disk) {
    this.disk = disk;
  }

  @Override
  public String name() {
    return disk.name();
  }

  @Override
  public long sizeBytes() {
    return disk.sizeBytes();
  }

  @Override
  public String identity() {
    return disk.identity();
  }

  @Override
  public void read(ByteBuffer into, long offset, Completion done) {
    reads++;
    disk.read(into, offset, done);
  }

  @Override
  public void write(List<Extent> extents, Durability durability, Completion done) {
    writes++;
    disk.write(extents, durability, done);
  }

  @Override
  public void sync(Completion done) {
    syncs++;
    disk.sync(done);
  }

  @Override
  public void punch(Range range, Completion done) {
    disk.punch(range, done);
  }

  @Override
  public Async<List<Range>> allocated() {
    return disk.allocated();
  }

  @Override
  public Async<Long> freeBytes() {
    return disk.freeBytes();
  }

  @Override
  public Async<Void> close() {
    return disk.close();
  }
}
