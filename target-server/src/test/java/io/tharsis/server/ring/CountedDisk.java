package io.tharsis.server.ring;

import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.ForwardingDisk;
import java.nio.ByteBuffer;
import java.util.List;

/** Says what of a ring disk's work went past the ring: a disk that counts what it passes on. */
final class CountedDisk extends ForwardingDisk {

  int reads;
  int writes;
  int syncs;

  CountedDisk(Disk disk) {
    super(disk);
  }

  @Override
  public void read(ByteBuffer into, long offset, Completion done) {
    reads++;
    super.read(into, offset, done);
  }

  @Override
  public void write(List<Extent> extents, Durability durability, Completion done) {
    writes++;
    super.write(extents, durability, done);
  }

  @Override
  public void sync(Completion done) {
    syncs++;
    super.sync(done);
  }
}
